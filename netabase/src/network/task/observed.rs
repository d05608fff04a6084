//! Shows handles what the swarm alone knows: addresses, mode and counts.

use libp2p::{Multiaddr, kad};

use super::Task;
use crate::network::{error::BootstrapError, events::NodeEvent};

impl Task {
    /// Shows the addresses at which the node can be reached now.
    pub(super) fn on_addresses_changed(&mut self) {
        let peer = self.state.store().peer_id();
        let mut addresses: Vec<Multiaddr> = self
            .swarm
            .listeners()
            .chain(self.swarm.external_addresses())
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
        self.channels.counters.update(|counters| {
            counters.connected_peers = connected_peers;
            counters.known_peers = known_peers;
            counters.offers_waiting = offers_waiting;
            counters.offers_refused = offers_refused;
            counters.handovers_waiting = handovers_waiting;
        });
    }
}
