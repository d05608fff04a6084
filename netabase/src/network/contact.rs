//! When a peer was last connected, and since when it is missed.

use std::time::{Duration, Instant};

/// How long a peer counts as there after it was: longer than kad takes from one look round to the next.
const RECENTLY: Duration = Duration::from_secs(15 * 60);

/// How often in a row a peer cannot be reached before it is forgotten, and for how long at least.
const MAX_FAILURES: u32 = 3;

const MIN_ABSENCE: Duration = Duration::from_secs(10 * 60);

/// When a peer was reached, and how often it could not be since.
#[derive(Clone, Copy)]
pub(super) struct Contact {
    last: Instant,
    failures: u32,
    first_failure: Instant,
}

impl Contact {
    /// It is there.
    pub(super) fn new(now: Instant) -> Self {
        Self { last: now, failures: 0, first_failure: now }
    }

    /// Whether it was there not long ago, and has not been missed since.
    pub(super) fn is_recent(&self, now: Instant) -> bool {
        self.failures == 0 && now.saturating_duration_since(self.last) <= RECENTLY
    }

    /// It was at none of its addresses; whether it is to be forgotten.
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
    fn who_was_there_counts_for_a_while_unless_it_was_missed_since() {
        let start = Instant::now();
        let mut contact = Contact::new(start);
        assert!(contact.is_recent(start + RECENTLY));
        assert!(!contact.is_recent(start + RECENTLY + MINUTE));
        contact.failed(start + MINUTE);
        assert!(!contact.is_recent(start + MINUTE));
    }

    #[test]
    fn who_is_missed_often_in_a_short_time_or_seldom_in_a_long_one_is_not_forgotten() {
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
