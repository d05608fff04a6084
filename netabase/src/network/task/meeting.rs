use std::sync::Arc;

use libp2p::{PeerId, swarm::DialError};

use super::Task;
use crate::network::{behaviour::identify_protocol, error::BootstrapError, events::NodeEvent};

/// How a node meets the network for the first time, and what keeps it from that.
impl Task {
    pub(super) fn on_bootstrapped(&mut self) {
        self.ends.status.send_if_modified(|status| status.obstacle.take().is_some());
        // kad repeats it every few minutes.
        if !std::mem::replace(&mut self.has_bootstrapped, true) {
            self.ends.events.send(NodeEvent::Bootstrapped);
        }
    }

    pub(super) fn on_dial_failed(&mut self, error: DialError) {
        // An attempt that is not made because there is one already has not failed.
        if !matches!(error, DialError::DialPeerConditionFalse(_)) {
            let (addresses, source) = (self.bootstrap.len(), Some(Arc::new(error)));
            self.note_obstacle(BootstrapError::NobodyAnswered { addresses, source });
        }
    }

    /// Somebody answered whom nothing can be asked.
    pub(super) fn on_stranger(&mut self, peer: PeerId, found: &str) {
        let expected = identify_protocol(self.store.network());
        self.note_obstacle(if found == expected {
            BootstrapError::NotServing { peer }
        } else {
            BootstrapError::OtherNetwork { peer, found: found.into(), expected: expected.into() }
        });
    }

    /// Keeps what tells most: how far the node came. Once it has met the network nothing is in the way.
    pub(super) fn note_obstacle(&mut self, obstacle: BootstrapError) {
        self.ends.status.send_if_modified(|status| {
            let Some(before) = &mut status.obstacle else { return false };
            let is_news = progress(before) <= progress(&obstacle);
            if is_news {
                *before = obstacle;
            }
            is_news
        });
    }
}

fn progress(obstacle: &BootstrapError) -> u8 {
    match obstacle {
        BootstrapError::NobodyAnswered { .. } => 0,
        BootstrapError::OtherNetwork { .. } => 1,
        BootstrapError::NotServing { .. } => 2,
        BootstrapError::Unfinished { .. } => 3,
        BootstrapError::Stopped => 4,
    }
}
