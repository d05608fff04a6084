//! Decides whether the node serves others.

use libp2p::kad;

use crate::network::settings::Mode;

/// The configured mode, and what kad was last told.
pub(super) struct ModePolicy {
    configured: Mode,
    /// `None`, as at kad's start: kad finds out itself.
    applied: Option<kad::Mode>,
}

impl ModePolicy {
    pub(super) fn new(configured: Mode) -> Self {
        Self { configured, applied: None }
    }

    /// Returns the mode for kad.
    pub(super) fn applied(&self) -> Option<kad::Mode> {
        self.applied
    }

    /// Decides anew, and returns whether the mode has changed: kad tells every connection each time it is set.
    ///
    /// Others may count on a node that they can reach. Where all peers are near by, they can; else autonat finds
    /// out. A peer's own claim is no sign that it is far away.
    pub(super) fn update(&mut self, is_near: bool) -> bool {
        let mode = match self.configured {
            Mode::Server => Some(kad::Mode::Server),
            Mode::Client => Some(kad::Mode::Client),
            Mode::Auto if is_near => Some(kad::Mode::Server),
            Mode::Auto => None,
        };
        std::mem::replace(&mut self.applied, mode) != mode
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_serves_neighbours_and_leaves_the_mode_to_kad_once_a_far_peer_is_known() {
        let mut policy = ModePolicy::new(Mode::Auto);

        assert!(policy.update(true));
        assert_eq!(policy.applied(), Some(kad::Mode::Server));
        assert!(!policy.update(true), "nothing has changed");
        assert!(policy.update(false));
        assert_eq!(policy.applied(), None);
    }

    #[test]
    fn a_configured_mode_holds_wherever_peers_are() {
        for (configured, mode) in
            [(Mode::Server, kad::Mode::Server), (Mode::Client, kad::Mode::Client)]
        {
            let mut policy = ModePolicy::new(configured);

            assert!(policy.update(false));
            assert!(!policy.update(true));
            assert_eq!(policy.applied(), Some(mode));
        }
    }
}
