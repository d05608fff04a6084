//! One record of the model: who sees it, and how long.

use netabase::{Envelope, RecordState};

/// A record as a store should have it.
#[derive(Clone, Debug)]
pub(super) struct Row<V> {
    /// None of a tombstone.
    pub(super) value: Option<V>,
    /// As peers are sent it.
    pub(super) bytes: Vec<u8>,
    pub(super) state: RecordState,
    /// `true` if peers may hold what the application wrote.
    pub(super) shared: bool,
    /// The end of life, by the monotonic clock.
    pub(super) ends: Option<u64>,
    /// The end of the lease by the wall clock.
    pub(super) lapses: u64,
}

/// Returns when the lease of a record ends, in milliseconds: never if it has none, as local ones.
pub(super) fn lapses(bytes: &[u8]) -> u64 {
    let envelope = Envelope::parse(bytes).expect("a record is an envelope");
    if envelope.not_after == 0 { u64::MAX } else { u64::from(envelope.not_after) * 1000 }
}

impl<V> Row<V> {
    pub(super) fn is_shown(&self) -> bool {
        self.state.wanted && self.value.is_some()
    }

    /// Returns whether the application removed it: somebody else's tombstone leaves it wanted.
    pub(super) fn is_removed(&self) -> bool {
        self.value.is_none() && self.state.own && !self.state.wanted
    }

    pub(super) fn is_over(&self, passed: u64, wall: u64) -> bool {
        let ends_with_lease = !self.state.own || self.value.is_none();
        self.ends.is_some_and(|ends| ends <= passed) || (ends_with_lease && self.lapses <= wall)
    }
}
