//! Has one server at a time dial one address of the node. Which, and when, is decided elsewhere.

use std::{
    collections::HashMap,
    task::{Context, Poll},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId, autonat,
    core::{ConnectedPoint, Endpoint, transport::PortUse},
    swarm::{
        ConnectionClosed, ConnectionDenied, ConnectionHandler, ConnectionId, FromSwarm,
        NetworkBehaviour, NewExternalAddrCandidate, THandler, THandlerInEvent, THandlerOutEvent,
        ToSwarm, behaviour::ConnectionEstablished, derive_prelude::Either,
    },
};
use tokio::time::{Instant, Sleep, sleep_until};

use super::addresses::is_relayed;

type Client = autonat::v2::client::Behaviour;

/// The time after which a test that nothing is heard of has failed.
const SILENCE: Duration = Duration::from_secs(12);

/// The interval at which libp2p's client looks for work; a new one waits so long until it asks.
const POLL: Duration = Duration::from_millis(200);

/// Runs libp2p's autonat client for one test at a time: alone, a client chooses address and server at random, takes one
/// success of one server for good, and never tests again what it has tested. A client is made for each test, knows
/// nothing but its address and its server, and is dropped with the result.
pub(super) struct AutonatClient {
    /// Makes handlers. Clients share them: they hold no more than the streams.
    handlers: Client,
    /// Connections that this node opened, over which a server may be asked.
    connections: HashMap<ConnectionId, Server>,
    test: Option<Test>,
    finished: Option<Probed>,
}

struct Server {
    peer: PeerId,
    endpoint: ConnectedPoint,
    probes: bool,
}

struct Test {
    client: Client,
    address: Multiaddr,
    server: PeerId,
    connection: ConnectionId,
    /// `true` once the handler has an outcome. Of those that say nothing of the address the client makes no event.
    is_over: bool,
    deadline: std::pin::Pin<Box<Sleep>>,
}

/// The result of a test.
#[derive(Debug)]
pub(super) struct Probed {
    pub(super) address: Multiaddr,
    pub(super) server: PeerId,
    pub(super) is_reachable: bool,
}

/// Names what libp2p's handler of requests reports, whose module is private.
trait Requests {
    type Handler: ConnectionHandler;
}

impl<L: ConnectionHandler, R> Requests for Either<L, R> {
    type Handler = L;
}

type Reported = <<THandler<Client> as Requests>::Handler as ConnectionHandler>::ToBehaviour;

impl AutonatClient {
    pub(super) fn new() -> Self {
        Self {
            handlers: Client::default(),
            connections: HashMap::new(),
            test: None,
            finished: None,
        }
    }

    /// Returns the peers that can be asked.
    pub(super) fn servers(&self) -> Vec<PeerId> {
        let mut servers: Vec<PeerId> =
            self.connections.values().filter(|it| it.probes).map(|it| it.peer).collect();
        servers.sort_unstable();
        servers.dedup();
        servers
    }

    /// Returns whether no test is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.test.is_none() && self.finished.is_none()
    }

    /// Starts to have a server dial an address. Reports a failure if it cannot be asked.
    pub(super) fn probe(&mut self, address: Multiaddr, server: PeerId) {
        let over = self.connections.iter().find(|(_, it)| it.peer == server && it.probes);
        let Some((&connection, Server { endpoint, .. })) = over else {
            self.finished = Some(Probed { address, server, is_reachable: false });
            return;
        };
        let config = autonat::v2::client::Config::default().with_probe_interval(POLL);
        let mut client = Client::new(rand::make_rng(), config);
        client.on_swarm_event(FromSwarm::ConnectionEstablished(ConnectionEstablished {
            peer_id: server,
            connection_id: connection,
            endpoint,
            failed_addresses: &[],
            other_established: 0,
        }));
        let probes = Either::Left(Reported::PeerHasServerSupport);
        client.on_connection_handler_event(server, connection, probes);
        let candidate = NewExternalAddrCandidate { addr: &address };
        client.on_swarm_event(FromSwarm::NewExternalAddrCandidate(candidate));
        let deadline = Box::pin(sleep_until(Instant::now() + SILENCE));
        let is_over = false;
        self.test = Some(Test { client, address, server, connection, is_over, deadline });
    }

    fn finish(&mut self, is_reachable: bool) {
        if let Some(Test { address, server, .. }) = self.test.take() {
            self.finished = Some(Probed { address, server, is_reachable });
        }
    }

    fn closed(&mut self, connection: ConnectionId) {
        self.connections.remove(&connection);
        if self.test.as_ref().is_some_and(|test| test.connection == connection) {
            self.finish(false);
        }
    }

    /// Passes on what a handler reports of the test that is under way.
    fn on_reported(&mut self, peer: PeerId, connection: ConnectionId, event: Reported) {
        if let Reported::PeerHasServerSupport = event {
            if let Some(server) = self.connections.get_mut(&connection) {
                server.probes = true;
            }
            return;
        }
        let Some(test) = self.test.as_mut().filter(|test| test.connection == connection) else {
            return;
        };
        test.is_over = true;
        test.client.on_connection_handler_event(peer, connection, Either::Left(event));
    }
}

impl NetworkBehaviour for AutonatClient {
    type ConnectionHandler = THandler<Client>;
    type ToSwarm = Probed;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.handlers.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role_override: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.handlers.handle_established_outbound_connection(
            connection,
            peer,
            address,
            role_override,
            port_use,
        )
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished {
                peer_id: peer,
                connection_id,
                endpoint,
                ..
            }) if endpoint.is_dialer() && !is_relayed(endpoint.get_remote_address()) => {
                let server = Server { peer, endpoint: endpoint.clone(), probes: false };
                self.connections.insert(connection_id, server);
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { connection_id, .. }) => {
                self.closed(connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {
            Either::Left(event) => self.on_reported(peer, connection, event),
            // The server has dialled: over a connection of its own, which says nothing of the test but by its nonce.
            event @ Either::Right(_) => {
                if let Some(test) = &mut self.test {
                    test.client.on_connection_handler_event(peer, connection, event);
                }
            }
        }
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        loop {
            if let Some(finished) = self.finished.take() {
                return Poll::Ready(ToSwarm::GenerateEvent(finished));
            }
            let Some(test) = &mut self.test else { return Poll::Pending };
            if test.deadline.as_mut().poll(context).is_ready() {
                self.finish(false);
                continue;
            }
            match test.client.poll(context) {
                Poll::Ready(ToSwarm::GenerateEvent(event)) => self.finish(event.result.is_ok()),
                // It has nothing to say of the outcome, and would ask again.
                Poll::Pending | Poll::Ready(ToSwarm::NotifyHandler { .. }) if test.is_over => {
                    self.finish(false);
                }
                Poll::Ready(ToSwarm::NotifyHandler { peer_id, handler, event }) => {
                    return Poll::Ready(ToSwarm::NotifyHandler { peer_id, handler, event });
                }
                // `ExternalAddrConfirmed`, too: what counts as confirmed is decided elsewhere.
                Poll::Ready(_) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
