//! Stores on disk, as their users see them: opened, synced, looked after.

#[cfg(feature = "disk")]
mod directory;

#[cfg(feature = "disk")]
mod load;

#[cfg(feature = "disk")]
mod open;

#[cfg(feature = "disk")]
mod upkeep;

use std::time::Duration;

#[cfg(all(feature = "disk", feature = "testkit"))]
pub(super) use self::open::open_storage;
#[cfg(feature = "disk")]
pub use self::upkeep::StoreReport;
#[cfg(feature = "disk")]
pub(super) use self::{directory::Directory, open::open};
use super::{
    NetabaseStore, Shared,
    clock::Moment,
    engine::SchemaId,
    inner::Inner,
    journal::{Commit, DiskError},
};

/// The condition of a store; see [`NetabaseStore::health`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreHealth {
    /// `true` if it takes writes.
    pub is_writable: bool,
    /// The bytes that wait to be written to disk.
    pub waiting_bytes: usize,
    /// The age of the oldest commit that is not on disk yet. It stays below what
    /// [`Durability::Buffered`](crate::Durability::Buffered) allows and one sync.
    pub lag: Duration,
    /// The failure that made the store read-only: nothing is written before it is opened again.
    pub failure: Option<DiskError>,
}

impl Drop for Shared {
    /// Writes what waits, and closes the file.
    fn drop(&mut self) {
        let now = Moment::new(self.clock.now(), self.origin);
        if let Some(journal) = &mut self.journal {
            journal.close(&now);
        }
    }
}

impl NetabaseStore {
    /// Returns whether the store takes writes, and how far the disk lags behind. One in memory never lags.
    ///
    /// # Examples
    ///
    /// ```
    /// let health = netabase::NetabaseStore::new().health();
    /// assert!(health.is_writable && health.failure.is_none());
    /// ```
    #[must_use]
    pub fn health(&self) -> StoreHealth {
        let is_damaged = self.shared.inner.read().engine.check().is_err();
        let Some(journal) = &self.shared.journal else {
            let (waiting_bytes, lag, failure) = (0, Duration::ZERO, None);
            return StoreHealth { is_writable: !is_damaged, waiting_bytes, lag, failure };
        };
        let health = journal.health();
        StoreHealth {
            is_writable: !is_damaged && health.failure.is_none(),
            waiting_bytes: health.waiting_bytes,
            lag: health.lag,
            failure: health.failure,
        }
    }

    /// Waits until all that was committed before is on disk. At once if the store is in memory alone.
    ///
    /// # Errors
    ///
    /// [`DiskError::NotDurable`], [`DiskError::ReadOnly`] if the disk failed: some of it is not there.
    pub fn sync(&self) -> Result<(), DiskError> {
        match &self.shared.journal {
            Some(journal) => Ok(journal.sync()?),
            None => Ok(()),
        }
    }

    /// Does as [`sync`](Self::sync) without keeping a thread waiting. Cancel-safe.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync).
    pub async fn sync_async(&self) -> Result<(), DiskError> {
        match &self.shared.journal {
            Some(journal) => Ok(journal.sync_async().await?),
            None => Ok(()),
        }
    }

    /// Has the store on disk know a schema from now on, as its type describes it.
    ///
    /// One that cannot be written may be opened all the same: nothing of it will be written either.
    pub(super) fn journal_schema(&self, inner: &mut Inner, id: SchemaId) {
        let now = self.now();
        let clock = inner.engine.clock();
        let schema = inner.schemas.get_mut(id);
        let Some(journal) = self.shared.journal.as_ref().filter(|_| !schema.is_stored) else {
            return;
        };
        schema.is_stored = true;
        let durability = journal.durability();
        let commit = Commit { now: &now, clock, durability, has_waited: true };
        if let Err(error) = journal.push_schema(&commit, schema.name, &schema.known()) {
            tracing::warn!(schema = schema.name, %error, "cannot note a schema on disk");
        }
    }
}
