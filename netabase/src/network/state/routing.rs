//! Decides which peers are known, and where, as connections and kad's routing table change.

use libp2p::{
    Multiaddr, PeerId, identify,
    kad::Addresses,
    swarm::{ConnectionId, DialError},
};

use super::{NodeState, action::Action};
use crate::network::{
    addresses::{MAX_ADDRESSES, Scope, acceptable},
    events::NodeEvent,
    protocol::{identify_protocol, kad_protocol},
};

impl NodeState {
    /// Takes in the first connection with a peer.
    pub(in crate::network) fn on_connected(&mut self, peer: PeerId) {
        // This machine may have been cut off.
        if self.peers.connected(peer, self.store.monotonic()) {
            self.offering.peer_arrived();
        }
        self.on_heard(peer);
        self.act(Action::Emit(NodeEvent::Connected { peer }));
    }

    /// Takes in the end of the last connection with a peer.
    pub(in crate::network) fn on_disconnected(&mut self, peer: PeerId) {
        self.peers.disconnected(&peer, self.store.monotonic());
        self.act(Action::Emit(NodeEvent::Disconnected { peer }));
    }

    /// Takes in the end of a connection, also of one of several with a peer.
    pub(in crate::network) fn on_connection_closed(
        &mut self,
        peer: &PeerId,
        connection: ConnectionId,
    ) {
        self.bootstrap.ended(connection);
        self.reach.closed(peer, connection);
    }

    /// Notes that a bootstrap address is dialled.
    pub(in crate::network) fn on_bootstrap_dialled(&mut self, connection: ConnectionId) {
        self.bootstrap.started(connection);
    }

    /// Takes in a failed attempt to connect. Attempts at other than bootstrap addresses say nothing of those.
    pub(in crate::network) fn on_connection_failed(
        &mut self,
        connection: ConnectionId,
        error: DialError,
    ) {
        if self.bootstrap.ended(connection) {
            self.on_bootstrap_dial_failed(error);
        }
    }

    /// Takes in that a bootstrap address could not be dialled.
    pub(in crate::network) fn on_bootstrap_dial_failed(&mut self, error: DialError) {
        if self.bootstrap_status.dial_failed(error) {
            self.show_obstacle();
        }
    }

    /// Takes in that a peer was at none of the addresses that were tried. If it is at none of those that are known,
    /// time and again, it is forgotten.
    ///
    /// No other peer can bring that about: addresses that others name are tried besides those that a peer has named
    /// itself, over a connection that showed its identity. Another peer at an address (`WrongPeerId`) never counts:
    /// an address that a stranger names, and answers at, would do.
    pub(in crate::network) fn on_unreachable(
        &mut self,
        peer: &PeerId,
        tried: &[&Multiaddr],
        known: &[Multiaddr],
    ) {
        if self.peers.is_connected(peer) {
            return;
        }
        self.on_missed(*peer);
        // Without any connection it may be this machine that is cut off.
        if self.peers.is_empty() {
            return;
        }
        if known.is_empty() || !known.iter().all(|known| tried.contains(&known)) {
            return;
        }
        if self.peers.failed(peer, self.store.monotonic()) {
            tracing::debug!(%peer, "forgets a peer that is not there");
            self.forget(peer);
        }
    }

    fn forget(&mut self, peer: &PeerId) {
        self.peers.forget(peer);
        self.forget_left(peer);
        self.act(Action::RemovePeer(*peer));
    }

    /// Takes in a peer's own account of its protocols and addresses, which replaces what was known. `address` is
    /// the remote one of the connection.
    pub(in crate::network) fn on_identified(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        address: Option<&Multiaddr>,
        info: &identify::Info,
    ) {
        let is_bootstrap = self.bootstrap.contains(connection);
        let network = self.store.network();
        let is_of_network = info.protocol_version == identify_protocol(network);
        self.act(Action::Identified { peer, is_of_network });
        let network = self.store.network();
        let is_ours = is_of_network && info.protocols.contains(&kad_protocol(network));
        if is_ours || !is_of_network {
            self.asks.forget(&peer);
        } else if let Some(address) = address {
            let addresses = acceptable(&info.listen_addrs, &peer, address);
            self.asks.met(peer, addresses, self.now);
        }
        if !is_ours {
            self.reach.withdrawn(&peer);
            self.forget(&peer);
            if is_bootstrap {
                self.on_cannot_ask(peer, &info.protocol_version);
            }
            return;
        }
        let Some(address) = address else { return };
        self.reach.identified(peer, address, info, self.now);
        let kept = acceptable(&info.listen_addrs, &peer, address);
        self.act(Action::CountRefusedAddresses(info.listen_addrs.len() - kept.len()));
        if !kept.is_empty() {
            self.act(Action::SetAddresses { peer, addresses: kept });
            let is_far = Scope::of_connection(address) == Some(Scope::Public);
            let moment = self.store.monotonic();
            // One that was started again is known already, and may hold nothing.
            if self.peers.identified(peer, connection, is_far, &info.agent_version, moment) {
                self.handovers.add(peer, self.now);
            }
        } else if is_bootstrap {
            self.on_cannot_ask(peer, &info.protocol_version);
        }
    }

    fn on_cannot_ask(&mut self, peer: PeerId, found: &str) {
        let expected = identify_protocol(self.store.network());
        if self.bootstrap_status.cannot_ask(peer, found, &expected) {
            self.show_obstacle();
        }
    }

    /// Takes in a change of the routing table: a peer's addresses, or a new peer, possibly in the place of an old
    /// one. `known` is how many peers are there now, and `is_known` tells which.
    pub(in crate::network) fn on_routing_updated(
        &mut self,
        Routed { peer, is_new, addresses, old }: Routed<'_>,
        known: usize,
        is_known: impl FnMut(&PeerId) -> bool,
    ) {
        // kad adds each address that a dial led to.
        let surplus = addresses.len().saturating_sub(MAX_ADDRESSES);
        if surplus > 0 {
            let addresses = addresses.iter().take(surplus).cloned().collect();
            self.act(Action::RemoveAddresses { peer, addresses });
        }
        if let Some(old) = old {
            self.forget_left(&old);
        }
        if !is_new {
            return;
        }
        self.bootstrap.reset();
        if self.bootstrap_status.known(peer) {
            self.show_obstacle();
        }
        self.handovers.add(peer, self.now);
        self.offering.peer_known(peer);
        self.update_mode(is_known);
        self.act(Action::Emit(NodeEvent::PeerKnown { peer }));
        if known == 1 {
            self.join();
        }
    }

    /// Joins the network, for the first time or again: a first peer is known.
    fn join(&mut self) {
        self.act(Action::Bootstrap);
        let keys = self.provided.iter().cloned();
        self.actions.extend(keys.map(|key| Action::Provide { key, reply: None }));
    }

    /// Decides anew whether the node serves others. `is_known` tells which peers are in the routing table.
    pub(in crate::network) fn update_mode(&mut self, is_known: impl FnMut(&PeerId) -> bool) {
        for left in self.peers.retain(is_known) {
            self.forget_left(&left);
        }
        let is_near = self.peers.are_near();
        self.act(Action::SetNear(is_near));
        if self.mode.update(is_near, self.reach.is_direct()) {
            self.act(Action::SetMode(self.mode.applied()));
        }
    }
}

/// A change of kad's routing table.
pub(in crate::network) struct Routed<'a> {
    pub(in crate::network) peer: PeerId,
    pub(in crate::network) is_new: bool,
    pub(in crate::network) addresses: &'a Addresses,
    /// The peer that made room.
    pub(in crate::network) old: Option<PeerId>,
}
