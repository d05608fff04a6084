//! Decides how others reach the node: at which addresses, over which relays, and what is said of it.

mod steps;

use std::{collections::HashSet, time::Instant};

use libp2p::{Multiaddr, PeerId, core::transport::ListenerId, identify, swarm::ConnectionId};

use super::{
    NodeState,
    action::Action,
    address_tests::{AddressTests, Verdict},
    paths::Paths,
    relays::Relays,
    way::Way,
};
use crate::network::{
    addresses::{Scope, acceptable, is_relayed},
    events::NodeEvent,
    protocol::RELAY_PROTOCOL,
    reachability::{Reachability, UnreachableReason},
    settings::Mode,
};

/// The transports that a node listens by.
pub(in crate::network) type Ways = HashSet<Way>;

/// What is known of the ways to this node.
pub(super) struct Reach {
    configured: Mode,
    tests: AddressTests,
    relays: Relays,
    paths: Paths,
    ways: Ways,
    /// The addresses that the gateway maps.
    mapped: HashSet<Multiaddr>,
    /// `true` if the last peer that came over a relay got a direct connection.
    has_punched: bool,
    shown: Reachability,
}

impl Reach {
    pub(super) fn new(configured: Mode) -> Self {
        Self {
            configured,
            tests: AddressTests::default(),
            relays: Relays::default(),
            paths: Paths::default(),
            ways: HashSet::new(),
            mapped: HashSet::new(),
            has_punched: false,
            shown: Reachability::default(),
        }
    }

    pub(super) fn closed(&mut self, peer: &PeerId, connection: ConnectionId) {
        self.paths.closed(peer, connection);
        if !self.paths.is_direct(peer) {
            self.relays.disconnected(peer);
        }
    }

    /// Returns whether an address of this node's is confirmed.
    pub(super) fn is_direct(&self) -> bool {
        self.tests.confirmed().next().is_some()
    }

    /// Takes in what a peer of the network says of itself over a connection to this address.
    pub(super) fn identified(
        &mut self,
        peer: PeerId,
        address: &Multiaddr,
        info: &identify::Info,
        now: Instant,
    ) {
        if self.configured == Mode::Server || is_relayed(address) {
            return;
        }
        let mut addresses = acceptable(&info.listen_addrs, &peer, address);
        addresses.retain(|it| !is_relayed(it) && Scope::of(it) == Some(Scope::Public));
        if info.protocols.contains(&RELAY_PROTOCOL) && !addresses.is_empty() {
            self.relays.offered(peer, addresses, Way::of(address), now);
        } else {
            self.relays.withdrawn(&peer);
        }
    }

    pub(super) fn withdrawn(&mut self, peer: &PeerId) {
        self.relays.withdrawn(peer);
    }

    /// Returns how others reach this node now.
    fn reachability(&self, is_near: bool) -> Reachability {
        let mut confirmed = self.tests.confirmed();
        if self.configured == Mode::Server {
            return Reachability::Direct;
        }
        if let Some(address) = confirmed.next() {
            let are_mapped =
                self.mapped.contains(address) && confirmed.all(|it| self.mapped.contains(it));
            return if are_mapped { Reachability::Mapped } else { Reachability::Direct };
        }
        match self.relays.places() {
            1.. if self.has_punched => Reachability::HolePunched,
            1.. => Reachability::Relayed,
            0 if is_near => Reachability::Unknown,
            0 if !self.relays.are_known() => Reachability::Unreachable(UnreachableReason::NoRelay),
            0 if self.relays.have_failed() => {
                Reachability::Unreachable(UnreachableReason::RelaysRefuse)
            }
            0 => Reachability::Unknown,
        }
    }
}

impl NodeState {
    /// Takes in a new connection, also one of several with a peer.
    pub(in crate::network) fn on_connection_opened(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        is_relayed: bool,
        now: Instant,
    ) {
        if self.reach.paths.opened(peer, connection, is_relayed, now) {
            tracing::debug!(%peer, "is connected directly, after a relay");
            self.punched(peer, true);
        }
    }

    /// Counts the peers that are connected over relays alone.
    pub(in crate::network) fn relayed_peers(&self) -> usize {
        self.reach.paths.relayed()
    }

    /// Counts the node's places at relays.
    pub(in crate::network) fn relays(&self) -> usize {
        self.reach.relays.places()
    }

    /// Takes in at which addresses the node listens, after a change.
    pub(in crate::network) fn on_listening(&mut self, ways: Ways, now: Instant) {
        self.reach.ways = ways;
        self.reach.tests.hurry(now);
        self.reach.relays.hurry();
    }

    /// Takes in that the machine has an address no longer: connections from there are dead, and nothing says so.
    pub(in crate::network) fn on_moved(&mut self, now: Instant) {
        self.reach.paths.doubt(now);
    }

    /// Takes in an address at which a peer sees this node.
    pub(in crate::network) fn on_named(&mut self, address: &Multiaddr, now: Instant) {
        self.reach.tests.named(address, now);
    }

    /// Takes in the result of a test.
    pub(in crate::network) fn on_probed(
        &mut self,
        address: &Multiaddr,
        server: PeerId,
        is_reachable: bool,
        now: Instant,
    ) {
        tracing::debug!(%address, %server, is_reachable, "a server dialled an address of this node");
        match self.reach.tests.ended(address, server, is_reachable, now) {
            Some(Verdict::Confirmed(address)) => self.act(Action::ConfirmAddress(address)),
            Some(Verdict::Lost(address)) => self.act(Action::RetractAddress(address)),
            None => return,
        }
        self.show_reachability();
    }

    /// Takes in an address that the gateway maps.
    #[cfg(feature = "upnp")]
    pub(in crate::network) fn on_mapped(&mut self, address: Multiaddr, now: Instant) {
        self.reach.tests.mapped(&address, now);
        self.reach.mapped.insert(address);
    }

    /// Takes in that the gateway maps an address no longer.
    #[cfg(feature = "upnp")]
    pub(in crate::network) fn on_unmapped(&mut self, address: &Multiaddr) {
        self.reach.mapped.remove(address);
        self.reach.tests.unmapped(address);
    }

    /// Takes in a sign of life of a peer over a connection.
    pub(in crate::network) fn on_alive(
        &mut self,
        peer: &PeerId,
        connection: ConnectionId,
        now: Instant,
    ) {
        self.reach.paths.heard(peer, connection, now);
    }

    /// Takes in the listener for a reservation; `None` if there can be none.
    pub(in crate::network) fn on_reserving(
        &mut self,
        relay: &PeerId,
        listener: Option<ListenerId>,
        now: Instant,
    ) {
        self.reach.relays.listening(relay, listener, now);
    }

    /// Takes in that a server has given a place, or renewed it.
    pub(in crate::network) fn on_reserved(&mut self, relay: PeerId, now: Instant) {
        if self.reach.relays.reserved(&relay, now) {
            tracing::info!(%relay, "peers can reach this node over a relay");
            self.act(Action::Emit(NodeEvent::RelayReserved { relay }));
            self.show_reachability();
        }
    }

    /// Takes in the end of a listener.
    pub(in crate::network) fn on_listener_closed(&mut self, listener: ListenerId, now: Instant) {
        if let Some(step) = self.reach.relays.listener_closed(listener, now) {
            self.take_step(step);
            self.show_reachability();
        }
    }

    /// Takes in that a connection over a relay has led to no direct one.
    pub(in crate::network) fn on_not_punched(&mut self, peer: PeerId) {
        // By QUIC there are two attempts, and one is enough.
        if !self.reach.paths.is_direct(&peer) {
            self.punched(peer, false);
        }
    }

    fn punched(&mut self, peer: PeerId, is_direct: bool) {
        self.reach.has_punched = is_direct;
        self.show_reachability();
        self.act(Action::Emit(NodeEvent::HolePunched { peer, is_direct }));
    }
}
