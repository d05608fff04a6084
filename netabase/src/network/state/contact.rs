//! Decides whether a peer still counts as present, and when it is forgotten.

use std::time::{Duration, Instant};

/// The time that a peer counts as present after it was: longer than kad takes from one refresh to the next.
const RECENTLY: Duration = Duration::from_secs(15 * 60);

/// The failures in a row after which a peer is forgotten, if they span [`MIN_ABSENCE`].
const MAX_FAILURES: u32 = 3;

const MIN_ABSENCE: Duration = Duration::from_secs(10 * 60);

/// The last contact with a peer, and the failures since.
#[derive(Clone, Copy)]
pub(super) struct Contact {
    last: Instant,
    failures: u32,
    first_failure: Instant,
}

impl Contact {
    /// Notes that the peer is reached now.
    pub(super) fn new(now: Instant) -> Self {
        Self { last: now, failures: 0, first_failure: now }
    }

    /// Returns whether it was reached a short time ago, and has not been missed since.
    pub(super) fn is_recent(&self, now: Instant) -> bool {
        self.failures == 0 && now.saturating_duration_since(self.last) <= RECENTLY
    }

    /// Notes that it was at none of its addresses. Returns whether it is to be forgotten.
    pub(super) fn failed(&mut self, now: Instant) -> bool {
        if self.failures == 0 {
            self.first_failure = now;
        }
        self.failures = self.failures.saturating_add(1);
        let absence = now.saturating_duration_since(self.first_failure);
        self.failures >= MAX_FAILURES && absence >= MIN_ABSENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_peer_that_was_reached_counts_for_a_while_unless_it_was_missed_since() {
        let start = Instant::now();
        let mut contact = Contact::new(start);
        assert!(contact.is_recent(start + RECENTLY));
        assert!(!contact.is_recent(start + RECENTLY + MINUTE));
        contact.failed(start + MINUTE);
        assert!(!contact.is_recent(start + MINUTE));
    }

    #[test]
    fn a_peer_missed_often_in_a_short_time_or_seldom_in_a_long_one_is_not_forgotten() {
        let start = Instant::now();
        let mut contact = Contact::new(start);
        assert!((0..100).all(|_| !contact.failed(start + MINUTE)));
        assert!(contact.failed(start + MINUTE + MIN_ABSENCE));

        let mut contact = Contact::new(start);
        assert!(!contact.failed(start));
        assert!(!contact.failed(start + MINUTE * 600));
        assert!(contact.failed(start + MINUTE * 600));
    }
}
