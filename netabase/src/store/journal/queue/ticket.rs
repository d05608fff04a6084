//! Commits as the queue takes them, and what their writers wait by.

use std::time::Duration;

use crate::{
    schema::Timestamp,
    store::{clock::Moment, journal::durability::Durability},
};

/// The longest time that a commit waits for others, however far the disk may lag behind.
const MAX_LINGER: Duration = Duration::from_secs(60);

/// A commit that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Ticket {
    pub(super) number: u64,
    /// `true` if it issued a timestamp above the watermark: then it is not done before that has risen.
    pub(super) is_ahead: bool,
}

impl Ticket {
    pub(in crate::store::journal) fn number(self) -> u64 {
        self.number
    }

    /// Returns whether its writer waits for this very commit, rather than for older ones.
    pub(in crate::store::journal) fn is_wanted(self, durability: Durability) -> bool {
        self.is_ahead || durability == Durability::Synced
    }
}

/// A commit as the queue needs to know it.
pub(in crate::store) struct Commit<'a> {
    pub(in crate::store) now: &'a Moment,
    /// The latest timestamp issued with it.
    pub(in crate::store) clock: Timestamp,
    pub(in crate::store) durability: Durability,
    /// `true` if its writer has waited for room.
    pub(in crate::store) has_waited: bool,
}

impl Durability {
    /// Returns how long a commit may wait for others to be written with it: half the time, so that the sync has the rest.
    pub(super) fn linger(self) -> Duration {
        match self {
            Self::Buffered { within } => (within / 2).min(MAX_LINGER),
            // Its writer says itself that it waits.
            Self::Synced => Duration::ZERO,
        }
    }
}
