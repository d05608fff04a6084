//! Tells what keeps the node from its network until it has joined it for the first time.

use std::sync::Arc;

use libp2p::{PeerId, swarm::DialError};

use crate::network::error::BootstrapError;

/// The obstacle that tells most, of all that were met: the one that came farthest.
pub(super) struct BootstrapStatus {
    /// The number of bootstrap addresses.
    addresses: usize,
    obstacle: Option<BootstrapError>,
    has_finished: bool,
}

impl BootstrapStatus {
    pub(super) fn new(addresses: usize) -> Self {
        let obstacle =
            (addresses > 0).then_some(BootstrapError::NobodyAnswered { addresses, source: None });
        Self { addresses, obstacle, has_finished: false }
    }

    /// Returns what is in the way; `None` if the node has joined, or has no bootstrap address.
    pub(super) fn obstacle(&self) -> Option<&BootstrapError> {
        self.obstacle.as_ref()
    }

    /// Notes that a walk through the network has ended. Returns whether it was the first: kad repeats it every few
    /// minutes.
    pub(super) fn finished(&mut self) -> bool {
        self.obstacle = None;
        !std::mem::replace(&mut self.has_finished, true)
    }

    /// Notes that a bootstrap address could not be dialled. Returns whether the obstacle has changed.
    pub(super) fn dial_failed(&mut self, error: DialError) -> bool {
        self.note(match error {
            // No peer was asked: there is an attempt already, the address leads back here, or connections are at
            // their limit.
            DialError::DialPeerConditionFalse(_)
            | DialError::LocalPeerId { .. }
            | DialError::Aborted
            | DialError::Denied { .. } => return false,
            DialError::WrongPeerId { obtained: found, address } => {
                BootstrapError::OtherPeer { found, address }
            }
            error => {
                let (addresses, source) = (self.addresses, Some(Arc::new(error)));
                BootstrapError::NobodyAnswered { addresses, source }
            }
        })
    }

    /// Notes that a peer at a bootstrap address cannot be asked anything. Returns whether the obstacle has changed.
    pub(super) fn cannot_ask(&mut self, peer: PeerId, found: &str, expected: &str) -> bool {
        self.note(if found == expected {
            BootstrapError::NotServing { peer }
        } else {
            BootstrapError::OtherNetwork { peer, found: found.into(), expected: expected.into() }
        })
    }

    /// Notes that a peer is in the routing table. Returns whether the obstacle has changed.
    pub(super) fn known(&mut self, peer: PeerId) -> bool {
        self.note(BootstrapError::Unfinished { peer })
    }

    /// Keeps the obstacle that tells most. Once the node has joined nothing is in the way.
    fn note(&mut self, obstacle: BootstrapError) -> bool {
        let Some(before) = &mut self.obstacle else { return false };
        let is_news = progress(before) <= progress(&obstacle);
        if is_news {
            *before = obstacle;
        }
        is_news
    }
}

/// Returns how far the node came before it met an obstacle.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_obstacle_that_came_farthest_is_told() {
        let (mut status, peer) = (BootstrapStatus::new(1), PeerId::random());
        assert!(status.dial_failed(DialError::NoAddresses));
        assert!(status.cannot_ask(peer, "/netabase/a/1.0.0", "/netabase/b/1.0.0"));
        assert!(!status.dial_failed(DialError::NoAddresses), "it tells less");
        assert!(matches!(status.obstacle(), Some(BootstrapError::OtherNetwork { .. })));

        assert!(status.cannot_ask(peer, "/netabase/b/1.0.0", "/netabase/b/1.0.0"));
        assert!(matches!(status.obstacle(), Some(BootstrapError::NotServing { .. })));
        assert!(status.known(peer));
        assert!(matches!(status.obstacle(), Some(BootstrapError::Unfinished { .. })));
    }

    #[test]
    fn nothing_is_in_the_way_once_the_node_has_joined_and_only_the_first_time_is_news() {
        let mut status = BootstrapStatus::new(1);
        assert!(status.finished());
        assert!(status.obstacle().is_none());

        assert!(!status.finished());
        assert!(!status.dial_failed(DialError::NoAddresses));
        assert!(status.obstacle().is_none());
    }

    #[test]
    fn a_dial_that_asked_nobody_is_no_obstacle() {
        let mut status = BootstrapStatus::new(1);

        assert!(!status.dial_failed(DialError::Aborted));

        assert!(matches!(
            status.obstacle(),
            Some(BootstrapError::NobodyAnswered { source: None, .. })
        ));
    }

    #[test]
    fn a_node_without_bootstrap_addresses_has_no_obstacle() {
        let mut status = BootstrapStatus::new(0);

        assert!(!status.known(PeerId::random()));
        assert!(status.obstacle().is_none());
    }
}
