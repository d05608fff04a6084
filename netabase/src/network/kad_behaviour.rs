//! Wraps kad: tells its store the sender of each record, limits connections, and filters what is dialled.

use std::task::{Context, Poll};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    kad::{self, Record, RecordKey},
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
}

/// The most addresses of a peer that are dialled: a walk may have gathered any number of them.
const MAX_DIALLED: usize = 2 * MAX_ADDRESSES;

impl KadBehaviour {
    pub(super) fn new(inner: kad::Behaviour<InboundStore>, connections: Connections) -> Self {
        Self { inner, connections, is_near: true }
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
    type ToSwarm = kad::Event;

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
        self.inner.store_mut().set_sender(Some(Sender { peer, address }));
        self.inner.on_connection_handler_event(peer, connection, event);
        self.inner.store_mut().set_sender(None);
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        self.inner.poll(context).map(|event| event.map_in(answer_refusal))
    }
}

type ToHandler = THandlerInEvent<kad::Behaviour<InboundStore>>;

/// Answers a record that was refused with the wrong kind of message, and with a value that is not the sent
/// one, instead of no longer: kad marks the stream as one to be closed and then never looks at it, so that the
/// sender waits in vain, and after 32 refusals all that it sends is dropped.
///
/// rust-libp2p takes an acknowledgement only for one by the kind of message, go and js by the value that comes
/// back. There must be one: go-libp2p-kad-dht reads it without a look whether it is there, and panics.
fn answer_refusal(event: ToHandler) -> ToHandler {
    match event {
        ToHandler::Reset(request_id) => {
            let nothing = Record::new(RecordKey::from(Vec::new()), b"refused".to_vec());
            ToHandler::GetRecordRes { record: Some(nothing), closer_peers: Vec::new(), request_id }
        }
        event => event,
    }
}

#[cfg(test)]
mod tests;
