//! Wraps kad: tells its store the sender of each record, limits connections, filters what is dialled, and tells what
//! each peer answered to a record.

use std::{
    collections::{HashSet, VecDeque},
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    kad::{self, QueryId, Record, RecordKey},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm,
    },
};

use super::{
    addresses::{MAX_ADDRESSES, Scope, known_addresses},
    connections::{Connections, origin_of},
    inbound_store::{InboundStore, Sender},
    keep_alive::KeepAlive,
    refusal::Refusal,
    settings::IDLE_CONNECTION_TIMEOUT,
};

/// Kademlia, with a store that knows the sender of each record, over no more connections than allowed.
///
/// kad's own `put` knows no sender. Its handler events do, and are handled one at a time.
pub(super) struct KadBehaviour {
    pub(super) inner: kad::Behaviour<InboundStore>,
    connections: Connections,
    /// `true` if all peers that are known are near by.
    is_near: bool,
    /// What is to be told before anything that kad tells: kad ends a query after its last answer.
    news: VecDeque<KadEvent>,
    /// Peers that have not answered. The next sign of life of each is told.
    silent: HashSet<PeerId>,
}

/// An event of kad's, or what it does not tell.
#[derive(Debug)]
pub(super) enum KadEvent {
    Kad(kad::Event),
    /// A peer has answered a query, or has not. Walks are told of failures alone.
    Answered {
        query: QueryId,
        peer: PeerId,
        answer: Answer,
    },
    /// A peer that had not answered is there again.
    Heard(PeerId),
}

/// A peer's answer to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Took,
    Refused(Refusal),
    /// No answer in time, or none that can be understood.
    Silent,
}

/// The most addresses of a peer that are dialled: a walk may have gathered any number of them.
const MAX_DIALLED: usize = 2 * MAX_ADDRESSES;

impl KadBehaviour {
    pub(super) fn new(inner: kad::Behaviour<InboundStore>, connections: Connections) -> Self {
        let (news, silent) = (VecDeque::new(), HashSet::new());
        Self { inner, connections, is_near: true, news, silent }
    }

    /// Tells the next sign of life of a peer.
    pub(super) fn listen_for(&mut self, peer: PeerId) {
        self.silent.insert(peer);
    }

    /// Tells nothing more of a peer.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.silent.remove(peer);
    }

    /// Notes what a peer's message says of a record, or of the peer.
    fn note(&mut self, peer: PeerId, event: &FromHandler) {
        let answered = match event {
            FromHandler::PutRecordRes { query_id, .. } => Some((*query_id, Answer::Took)),
            FromHandler::GetRecordRes { query_id, record: Some(record), .. }
                if record.key.as_ref().is_empty() =>
            {
                let refusal = Refusal::parse(&record.value);
                refusal.map(|refusal| (*query_id, Answer::Refused(refusal)))
            }
            FromHandler::QueryError { query_id, .. } => Some((*query_id, Answer::Silent)),
            _ => None,
        };
        let is_alive = !matches!(
            event,
            FromHandler::QueryError { .. } | FromHandler::ProtocolNotSupported { .. }
        );
        if is_alive && !self.silent.is_empty() && self.silent.remove(&peer) {
            self.news.push_back(KadEvent::Heard(peer));
        }
        if let Some((query, answer)) = answered {
            self.news.push_back(KadEvent::Answered { query, peer, answer });
        }
    }

    pub(super) fn set_near(&mut self, is_near: bool) {
        self.is_near = is_near;
    }

    pub(super) fn address_of(&self, connection: ConnectionId) -> Option<&Multiaddr> {
        self.connections.address_of(connection)
    }
}

impl NetworkBehaviour for KadBehaviour {
    type ConnectionHandler = KeepAlive<THandler<kad::Behaviour<InboundStore>>>;
    type ToSwarm = KadEvent;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let from = origin_of(local, remote);
        self.connections.start_incoming(connection, from).map_err(ConnectionDenied::new)?;
        self.inner.handle_pending_inbound_connection(connection, local, remote)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        effective_role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        let mut found = self.inner.handle_pending_outbound_connection(
            connection,
            peer,
            addresses,
            effective_role,
        )?;
        // Any peer can name an address in an answer to a walk. One of this machine or neighbourhood is dialled
        // only where all peers are near by, or if the peer itself has named it from there.
        if !self.is_near
            && let Some(peer) = peer
        {
            let known = known_addresses(&mut self.inner, &peer);
            found.retain(|address| {
                Scope::of(address) == Some(Scope::Public) || known.contains(address)
            });
        }
        found.truncate(MAX_DIALLED);
        Ok(found)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let from = origin_of(local, remote);
        self.connections.check_incoming(connection, peer, from).map_err(ConnectionDenied::new)?;
        self.inner
            .handle_established_inbound_connection(connection, peer, local, remote)
            .map(|handler| KeepAlive::new(handler, IDLE_CONNECTION_TIMEOUT))
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role_override: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.connections.check_peer(peer).map_err(ConnectionDenied::new)?;
        self.inner
            .handle_established_outbound_connection(
                connection,
                peer,
                address,
                role_override,
                port_use,
            )
            .map(|handler| KeepAlive::new(handler, IDLE_CONNECTION_TIMEOUT))
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match &event {
            FromSwarm::ConnectionEstablished(established) => {
                let (connection, peer) = (established.connection_id, established.peer_id);
                self.connections.established(connection, peer, established.endpoint);
            }
            FromSwarm::AddressChange(change) => {
                self.connections
                    .address_changed(change.connection_id, change.new.get_remote_address());
            }
            FromSwarm::ConnectionClosed(closed) => self.connections.closed(closed.connection_id),
            FromSwarm::ListenFailure(failed) => self.connections.closed(failed.connection_id),
            _ => {}
        }
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        let address =
            self.connections.address_of(connection).cloned().unwrap_or_else(Multiaddr::empty);
        self.note(peer, &event);
        self.inner.store_mut().set_sender(Some(Sender { peer, address }));
        self.inner.on_connection_handler_event(peer, connection, event);
        self.inner.store_mut().set_sender(None);
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if let Some(event) = self.news.pop_front() {
            return Poll::Ready(ToSwarm::GenerateEvent(event));
        }
        let store = |behaviour: &mut Self| behaviour.inner.store_mut().take_refusal();
        self.inner.poll(context).map(|event| {
            event.map_out(KadEvent::Kad).map_in(|event| answer_refusal(event, || store(self)))
        })
    }
}

type ToHandler = THandlerInEvent<kad::Behaviour<InboundStore>>;

type FromHandler = THandlerOutEvent<kad::Behaviour<InboundStore>>;

/// Answers a record that was refused with the wrong kind of message, and with a value that is not the sent
/// one, instead of no longer: kad marks the stream as one to be closed and then never looks at it, so that the
/// sender waits in vain, and after 32 refusals all that it sends is dropped.
///
/// rust-libp2p takes an acknowledgement only for one by the kind of message, go and js by the value that comes
/// back. There must be one: go-libp2p-kad-dht reads it without a look whether it is there, and panics.
///
/// kad resets one stream for each record that its store refuses, in their order, and none else.
fn answer_refusal(event: ToHandler, refusal: impl FnOnce() -> Option<Vec<u8>>) -> ToHandler {
    match event {
        ToHandler::Reset(request_id) => {
            let value = refusal().unwrap_or_else(|| b"refused".to_vec());
            let nothing = Record::new(RecordKey::from(Vec::new()), value);
            ToHandler::GetRecordRes { record: Some(nothing), closer_peers: Vec::new(), request_id }
        }
        event => event,
    }
}

#[cfg(test)]
mod tests;
