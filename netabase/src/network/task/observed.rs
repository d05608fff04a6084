//! Shows handles what the swarm alone knows: addresses, mode and counts.

use libp2p::{Multiaddr, PeerId, kad};

use super::Task;
use crate::network::{
    addresses::is_link_local, error::BootstrapError, events::NodeEvent, reachability::Reachability,
};

impl Task {
    /// Shows the addresses at which the node can be reached now.
    pub(super) fn on_addresses_changed(&mut self) {
        let peer = self.state.store().peer_id();
        let mut addresses: Vec<Multiaddr> = self
            .swarm
            .listeners()
            .chain(self.swarm.external_addresses())
            .filter(|address| !is_link_local(address))
            .filter_map(|address| address.clone().with_p2p(peer).ok())
            .collect();
        addresses.sort_by_cached_key(ToString::to_string);
        addresses.dedup();
        let before = self.channels.status.borrow().addresses.clone();
        self.channels.status.send_modify(|status| status.addresses.clone_from(&addresses));
        for address in addresses {
            if !before.contains(&address) {
                self.channels.events.send(NodeEvent::Listening { address });
            }
        }
    }

    /// Shows whether kad serves others now.
    pub(super) fn show_mode(&mut self) {
        let is_server = self.kad().mode() == kad::Mode::Server;
        let is_new = self.channels.status.send_if_modified(|status| {
            std::mem::replace(&mut status.is_server, is_server) != is_server
        });
        if is_new {
            self.channels.events.send(NodeEvent::ServerMode { is_server });
        }
    }

    /// Shows how others reach the node.
    pub(super) fn show_reachability(&mut self, reachability: Reachability) {
        self.channels.status.send_modify(|status| status.reachability = reachability);
        self.channels.events.send(NodeEvent::Reachability { reachability });
        self.update_mode();
    }

    /// Adds an address at which others reach the node. The swarm reports no change that it was told of.
    pub(super) fn confirm(&mut self, address: Multiaddr) {
        self.swarm.add_external_address(address);
        self.on_external_addresses_changed();
    }

    pub(super) fn retract(&mut self, address: &Multiaddr) {
        self.swarm.remove_external_address(address);
        self.on_external_addresses_changed();
    }

    pub(super) fn on_external_addresses_changed(&mut self) {
        self.on_addresses_changed();
        // identify tells of listen addresses by itself, and not of these.
        let connected: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        self.swarm.behaviour_mut().identify.push(connected);
    }

    /// Shows what keeps the node from the network.
    pub(super) fn show_obstacle(&self, obstacle: Option<BootstrapError>) {
        self.channels.status.send_if_modified(|status| {
            let is_news = obstacle.is_some() || status.obstacle.is_some();
            status.obstacle = obstacle;
            is_news
        });
    }

    /// Shows how many peers there are, and how much waits.
    pub(super) fn update_counters(&mut self) {
        let connected_peers = self.swarm.connected_peers().count();
        let known_peers = self.known_peers();
        let offers_waiting = self.state.offers_waiting();
        let offers_refused = self.state.offers_refused();
        let handovers_waiting = self.state.handovers_waiting();
        let (relayed_peers, relays) = (self.state.relayed_peers(), self.state.relays());
        self.channels.counters.update(|counters| {
            counters.relayed_peers = relayed_peers;
            counters.relays = relays;
            counters.connected_peers = connected_peers;
            counters.known_peers = known_peers;
            counters.offers_waiting = offers_waiting;
            counters.offers_refused = offers_refused;
            counters.handovers_waiting = handovers_waiting;
        });
    }
}
