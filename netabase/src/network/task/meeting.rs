//! What is in the way of meeting the network.

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

    /// A bootstrap address could not be dialled.
    pub(super) fn on_dial_failed(&mut self, error: DialError) {
        let obstacle = match error {
            // There is an attempt already, it leads back here, or there are connections enough: nobody was asked.
            DialError::DialPeerConditionFalse(_)
            | DialError::LocalPeerId { .. }
            | DialError::Aborted
            | DialError::Denied { .. } => return,
            DialError::WrongPeerId { obtained: found, address } => {
                BootstrapError::OtherPeer { found, address }
            }
            error => {
                let (addresses, source) = (self.bootstrap.len(), Some(Arc::new(error)));
                BootstrapError::NobodyAnswered { addresses, source }
            }
        };
        self.note_obstacle(obstacle);
    }

    /// Somebody answered at a bootstrap address whom nothing can be asked.
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
        BootstrapError::OtherPeer { .. } => 1,
        BootstrapError::OtherNetwork { .. } => 2,
        BootstrapError::NotServing { .. } => 3,
        BootstrapError::Unfinished { .. } => 4,
        BootstrapError::Stopped => 5,
    }
}
