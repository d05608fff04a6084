//! Takes the steps that follow from what is known of the ways to this node.

use std::time::Instant;

use libp2p::PeerId;

use super::Reach;
use crate::network::{
    events::NodeEvent,
    reachability::Reachability,
    settings::Mode,
    state::{NodeState, action::Action, relays::RelayStep},
};

impl NodeState {
    /// Looks after the ways to this node. `servers` are the peers that can dial its addresses.
    pub(in crate::network) fn look_after_reach(&mut self, servers: &[PeerId], now: Instant) {
        for surplus in self.reach.paths.surplus(now) {
            tracing::debug!(connection = %surplus, "is no longer needed: there is a direct one");
            self.act(Action::Close(surplus));
        }
        if self.reach.configured != Mode::Server {
            if let Some((address, server)) = self.reach.tests.start(servers, now) {
                self.act(Action::Probe { address, server });
            }
            self.close_frozen(now);
            let is_needed = !self.peers.are_near() && !self.reach.is_direct();
            let Reach { relays, ways, .. } = &mut self.reach;
            for step in relays.step(is_needed, ways, now) {
                self.take_step(step);
            }
        }
        self.show_reachability();
    }

    /// Closes connections with servers that show no sign of life.
    fn close_frozen(&mut self, now: Instant) {
        for relay in self.reach.relays.peers() {
            let (silent, are_all) = self.reach.paths.silent(&relay, now);
            for connection in silent {
                tracing::debug!(%relay, %connection, "is frozen");
                self.act(Action::Close(connection));
            }
            if are_all && let Some(step) = self.reach.relays.froze(&relay, now) {
                self.take_step(step);
            }
        }
    }

    pub(super) fn take_step(&mut self, step: RelayStep) {
        match step {
            RelayStep::Dial { relay, addresses } => {
                self.act(Action::DialAlso { peer: relay, addresses });
            }
            RelayStep::Reserve { relay, address } => self.act(Action::Reserve { relay, address }),
            RelayStep::Leave { relay } => {
                for connection in self.reach.paths.direct(&relay) {
                    self.act(Action::Close(connection));
                }
            }
            RelayStep::Lost { relay } => {
                tracing::info!(%relay, "lost the place at a relay");
                self.act(Action::Emit(NodeEvent::RelayLost { relay }));
            }
        }
    }

    pub(super) fn show_reachability(&mut self) {
        let is_near = self.peers.are_near();
        let is_alone = self.peers.is_empty();
        let mut now = self.reach.reachability(is_near);
        if is_near && !is_alone && now == Reachability::Unknown {
            now = Reachability::Nearby;
        }
        if std::mem::replace(&mut self.reach.shown, now) != now {
            tracing::info!(reachability = %now, "others reach this node");
            self.act(Action::ShowReachability(now));
        }
    }
}
