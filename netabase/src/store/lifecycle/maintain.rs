//! Maintenance: what is due is taken out in bounded steps, by a call or by a task.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    runtime::Handle,
    sync::oneshot,
    task::{JoinHandle, yield_now},
    time::timeout,
};

use crate::store::{
    NetabaseStore, clock::Moment, commit::CommitError, engine::ChangeOrigin, journal::DiskError,
    usage::Usage,
};

/// How many records and providers one call of [`NetabaseStore::maintain_store`] takes out at most: some
/// milliseconds.
const MAX_RECORDS: usize = 1024;

/// How many of them under one lock.
const CHUNK: usize = 128;

/// A shorter interval would leave the runtime no rest.
const MIN_INTERVAL: Duration = Duration::from_millis(1);

/// What a call of [`NetabaseStore::maintain_store`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreMaintenanceResult {
    /// All records that were taken out.
    pub records_removed: usize,
    /// The bytes of their keys, values and index entries.
    pub bytes_freed: usize,
    /// How many of them had expired.
    pub expired_records_cleaned: usize,
    /// How many of them were foreign and over budget.
    pub evicted: usize,
    /// Providers that had expired; they are no records.
    pub expired_providers_cleaned: usize,
    /// How long it took.
    pub maintenance_duration: Duration,
    /// `true` if nothing is left to do. If not, call again: the work of one call is bounded.
    pub is_complete: bool,
}

impl NetabaseStore {
    /// Takes out what has expired and what is over the foreign budget: at most 1,024 records and providers a
    /// call, and a few under one lock, so that it never keeps a node waiting.
    ///
    /// Nothing depends on it but memory: what has expired is invisible anyway, and writes take some out on
    /// their way. Call it now and then, or let [`spawn_maintenance`](Self::spawn_maintenance) do that.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use netabase::{ManualClock, NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// #[netabase(ttl = "1h")]
    /// struct Session { #[netabase(key)] id: u64 }
    ///
    /// let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    /// let store = NetabaseStore::builder().clock(clock.clone()).build()?;
    /// store.database::<Session>()?.put(&Session { id: 7 })?;
    /// clock.advance(Duration::from_secs(3600));
    ///
    /// let done = store.maintain_store();
    /// assert_eq!((done.expired_records_cleaned, done.is_complete), (1, true));
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn maintain_store(&self) -> StoreMaintenanceResult {
        let started = Instant::now();
        let now = self.now();
        let (mut expired, mut evicted) = (Usage::default(), Usage::default());
        if let Some(journal) = &self.shared.journal {
            journal.purge(&now);
        }
        let (mut providers, mut done) = (0, 0);
        let mut is_complete = false;
        while !is_complete && done < MAX_RECORDS {
            let chunk = CHUNK.min(MAX_RECORDS - done);
            let (swept, gone) = match self.take_out(&now, chunk) {
                Ok(taken) => taken,
                Err(error) => {
                    // A store that takes no writes keeps what it has: there is nothing left to do. Too much that waits to
                    // be written is written soon.
                    is_complete = !matches!(error, CommitError::Disk(DiskError::Busy { .. }));
                    break;
                }
            };
            let records = swept.records + gone.records;
            let monotonic = now.now.monotonic;
            let gone_providers =
                self.configure(|inner| inner.providers.expire(monotonic, chunk - records));
            expired.add(swept);
            evicted.add(gone);
            providers += gone_providers;
            done += records + gone_providers;
            let inner = self.shared.inner.read();
            is_complete = !inner.engine.has_expired(&now, None)
                && !inner.engine.is_over_budget()
                && !inner.providers.has_expired(monotonic);
        }
        StoreMaintenanceResult {
            records_removed: expired.records + evicted.records,
            bytes_freed: expired.bytes + evicted.bytes,
            expired_records_cleaned: expired.records,
            evicted: evicted.records,
            expired_providers_cleaned: providers,
            maintenance_duration: started.elapsed(),
            is_complete,
        }
    }

    /// Takes out at most `max` rows: those that have expired, then those over budget. Says what each took.
    fn take_out(&self, now: &Moment, max: usize) -> Result<(Usage, Usage), CommitError> {
        self.change(ChangeOrigin::Expired, now, |plan| {
            let expired = plan.expire(max, None);
            let evicted = plan.evict_excess(max - expired.records);
            Ok((expired, evicted))
        })
    }

    /// Calls [`maintain_store`](Self::maintain_store) on a task of its own: after each interval (of at least a
    /// millisecond), until nothing
    /// is left to do. The task ends with [`Maintenance::shutdown`], when the handle is dropped, or when the
    /// store is.
    ///
    /// # Panics
    ///
    /// If it is not called from within a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use netabase::NetabaseStore;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let store = NetabaseStore::new();
    /// let maintenance = store.spawn_maintenance(Duration::from_secs(60));
    /// maintenance.shutdown().await;
    /// # }
    /// ```
    #[must_use = "dropping the handle ends the task"]
    pub fn spawn_maintenance(&self, interval: Duration) -> Maintenance {
        let (stop, mut stopped) = oneshot::channel::<()>();
        let shared = Arc::downgrade(&self.shared);
        let task = Handle::current().spawn(async move {
            // The sender says nothing: it is dropped.
            while timeout(interval.max(MIN_INTERVAL), &mut stopped).await.is_err() {
                loop {
                    let Some(shared) = shared.upgrade() else { return };
                    let done = Self::maintain_store(&Self { shared });
                    // If the disk has to catch up, the next turn is soon enough.
                    if done.is_complete || done.records_removed == 0 {
                        break;
                    }
                    yield_now().await;
                }
            }
        });
        Maintenance { _stop: stop, task }
    }
}

/// The task that maintains a store; see [`NetabaseStore::spawn_maintenance`]. Dropping it ends the task.
#[derive(Debug)]
#[must_use = "dropping it ends the task"]
pub struct Maintenance {
    _stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Maintenance {
    /// Ends the task and waits until it has.
    pub async fn shutdown(self) {
        let Self { _stop: stop, task } = self;
        drop(stop);
        // It neither panics nor is aborted, unless the runtime itself ends.
        let _ = task.await;
    }
}
