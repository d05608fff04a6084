//! Reports on what was published.

/// Reports how many peers have a record that was published.
///
/// An acknowledgement means that the peer had checked the record and stored it. It does not mean that the peer
/// keeps it: it may be evicted there, or the peer may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishReport {
    /// `true` if it is stored here.
    pub stored_locally: bool,
    /// The peers closest to the key that were found, at most 20.
    pub found: usize,
    /// The number of them that took it.
    pub acknowledged: usize,
    /// The number of them that had it already.
    pub verified: usize,
    /// The number of them that should have it, as the quorum says. 0 if there is no peer: it is offered to the first
    /// one that comes.
    pub wanted: usize,
}

impl PublishReport {
    /// Returns how many peers have the record.
    #[must_use]
    pub fn holders(&self) -> usize {
        self.acknowledged + self.verified
    }
}
