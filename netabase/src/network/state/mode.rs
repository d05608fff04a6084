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
    /// Others may count on a node that they can reach. Where all peers are near by, they can; else an address has to
    /// be confirmed first: one over a relay is none to count on. A peer's own claim is no sign that it is far away.
    pub(super) fn update(&mut self, is_near: bool, is_direct: bool) -> bool {
        let mode = match self.configured {
            Mode::Server => kad::Mode::Server,
            Mode::Auto if is_near || is_direct => kad::Mode::Server,
            Mode::Auto | Mode::Client => kad::Mode::Client,
        };
        self.applied.replace(mode) != Some(mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_serves_neighbours_and_from_afar_only_at_a_confirmed_address() {
        let mut policy = ModePolicy::new(Mode::Auto);

        assert!(policy.update(true, false));
        assert_eq!(policy.applied(), Some(kad::Mode::Server));
        assert!(!policy.update(true, false), "nothing has changed");
        assert!(policy.update(false, false));
        assert_eq!(policy.applied(), Some(kad::Mode::Client));
        assert!(policy.update(false, true));
        assert_eq!(policy.applied(), Some(kad::Mode::Server));
    }

    #[test]
    fn a_configured_mode_holds_wherever_peers_are() {
        for (configured, mode) in
            [(Mode::Server, kad::Mode::Server), (Mode::Client, kad::Mode::Client)]
        {
            let mut policy = ModePolicy::new(configured);

            assert!(policy.update(false, true));
            assert!(!policy.update(true, false));
            assert_eq!(policy.applied(), Some(mode));
        }
    }
}
