//! Restricts autonat's server to addresses that a peer may have dialled.

use std::{
    collections::{HashMap, HashSet},
    task::{Context, Poll},
    time::Instant,
};

use libp2p::{
    Multiaddr, PeerId, autonat,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm,
    },
};

use super::{
    addresses::{acceptable, is_relayed},
    relay_server::SharedLedger,
};

type Server = autonat::v2::server::Behaviour;

/// Runs autonat's server, which dials peers at the addresses they name, so that they learn whether they can be
/// reached. The server asks nothing of those addresses: here, none is dialled that is nearer than the peer itself, or a
/// stranger could have this machine's ports and neighbourhood tried. Only peers of the network are served, and the ledger
/// says how often.
pub(super) struct AutonatServer {
    server: Server,
    /// The peer of each connection, and its address.
    connections: HashMap<ConnectionId, (PeerId, Multiaddr)>,
    /// Dials that the server has asked for.
    dials: HashSet<ConnectionId>,
    ledger: SharedLedger,
}

/// An address that autonat's client named, and that is not for it to name.
#[derive(Debug, thiserror::Error)]
#[error(
    "the address to be probed is nearer than the peer that asks for it, or it has asked too often"
)]
struct NotForIt;

impl AutonatServer {
    pub(super) fn new(ledger: SharedLedger) -> Self {
        let (server, connections) = (Server::default(), HashMap::new());
        Self { server, connections, dials: HashSet::new(), ledger }
    }

    /// Returns whether a peer may have these addresses dialled.
    fn may_have_dialled(&self, peer: &PeerId, addresses: &[Multiaddr]) -> bool {
        let of_peer = self.connections.values().filter(|(of, _)| of == peer);
        let mut connections = of_peer.map(|(_, address)| address);
        let is_theirs = |from: &&Multiaddr| {
            !is_relayed(from) && acceptable(addresses, peer, from).len() == addresses.len()
        };
        let from = connections.find(is_theirs);
        from.is_some_and(|from| self.ledger.lock().may_probe(peer, from, Instant::now()))
    }
}

impl NetworkBehaviour for AutonatServer {
    type ConnectionHandler = <Server as NetworkBehaviour>::ConnectionHandler;
    type ToSwarm = <Server as NetworkBehaviour>::ToSwarm;

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        _: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        let is_probe = self.dials.remove(&connection);
        if is_probe && !peer.is_some_and(|peer| self.may_have_dialled(&peer, addresses)) {
            return Err(ConnectionDenied::new(NotForIt));
        }
        Ok(Vec::new())
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.server.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role_override: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.server.handle_established_outbound_connection(
            connection,
            peer,
            address,
            role_override,
            port_use,
        )
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match &event {
            FromSwarm::ConnectionEstablished(established) => {
                let address = established.endpoint.get_remote_address().clone();
                self.connections.insert(established.connection_id, (established.peer_id, address));
            }
            FromSwarm::ConnectionClosed(closed) => {
                self.connections.remove(&closed.connection_id);
            }
            _ => {}
        }
        self.server.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        self.server.on_connection_handler_event(peer, connection, event);
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        let event = self.server.poll(context);
        if let Poll::Ready(ToSwarm::Dial { opts }) = &event {
            self.dials.insert(opts.connection_id());
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::network::{relay_ledger::RelayLedger, relay_limits::RelayLimits};

    #[test]
    fn no_peer_has_addresses_dialled_that_are_nearer_than_its_own_connection() {
        let (peer, mut ledger) = (PeerId::random(), RelayLedger::new(RelayLimits::default()));
        ledger.identified(peer, true);
        let mut server = AutonatServer::new(Arc::new(ledger.into()));
        let address = |text: &str| text.parse::<Multiaddr>().unwrap();
        let connection = ConnectionId::new_unchecked(1);
        let mut dial = |from: &str, to: &str, is_probe: bool| {
            server.connections = HashMap::from([(connection, (peer, address(from)))]);
            if is_probe {
                server.dials.insert(connection);
            }
            let to = [address(to)];
            let role = Endpoint::Dialer;
            server.handle_pending_outbound_connection(connection, Some(peer), &to, role).is_ok()
        };

        let (far, loopback) = ("/ip4/9.9.9.9/tcp/1", "/ip4/127.0.0.1/tcp/22");
        assert!(!dial(far, loopback, true));
        assert!(!dial(far, "/ip4/10.0.0.1/tcp/22", true));
        assert!(dial(far, "/ip4/9.9.9.9/tcp/4001", true));
        assert!(dial(loopback, loopback, true), "who is here may");
        let over_relay = format!("{far}/p2p/{peer}/p2p-circuit");
        assert!(!dial(&over_relay, far, true), "where it is nobody has seen");
        assert!(dial(far, loopback, false), "what the application dials is its own affair");
    }
}
