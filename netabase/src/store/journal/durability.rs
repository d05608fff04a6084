//! When a commit counts as done.

use std::time::Duration;

/// When a commit of a store on disk returns. A store in memory has no use for it.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use netabase::Durability;
///
/// assert_eq!(Durability::default(), Durability::Buffered { within: Duration::from_millis(100) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// At once; it is on disk some time later. Writers wait once the oldest commit that is not on disk yet is older
    /// than `within`. A crash loses at most what was committed within that time and one sync, always the last commits,
    /// and never part of one.
    Buffered {
        /// The time that the disk may lag behind.
        within: Duration,
    },
    /// Once it is on disk. Writers that wait at the same time share one sync.
    Synced,
}

impl Default for Durability {
    fn default() -> Self {
        Self::Buffered { within: Duration::from_millis(100) }
    }
}
