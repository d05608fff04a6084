//! A journal beside the memory: what was applied, on disk. It stands below [commits](super::commit) and above the engine,
//! which knows nothing of it: a transition is all that it sees.
//!
//! Memory stays what everybody reads. A thread of its own writes groups of commits, each group in one step, through a
//! [backend](backend::Backend).

mod backend;

mod batch;

mod durability;

mod error;

mod meta;

mod queue;

mod reader;

#[cfg(feature = "disk")]
mod redb;

mod row;

mod writer;

#[cfg(test)]
mod tests;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

#[cfg(feature = "disk")]
pub(super) use self::redb::RedbFile;
pub(super) use self::{
    backend::{Backend, Snapshot},
    batch::{Batch, Table},
    meta::{About, Clocks, KnownSchema},
    queue::{Commit, Ticket},
    row::StoredRow,
    writer::contain,
};
pub use self::{
    durability::Durability,
    error::{DiskError, IoCause},
};
use self::{queue::Queue, writer::Shared};
use super::{
    clock::Moment,
    engine::{ChangeOrigin, Transition},
};
use crate::schema::Timestamp;

/// The time that a row is kept on disk after it has expired: a wall clock that was wrong for an hour ends nothing for good.
const KEPT_EXPIRED: Duration = Duration::from_secs(24 * 60 * 60);

/// The journal of a store on disk. [Closed](Self::close), it writes what waits, and closes the file.
pub(super) struct Journal {
    shared: Arc<Shared>,
    durability: Durability,
    /// The store's time at which rows past keeping are looked for again.
    purge_at_ms: AtomicU64,
    thread: Option<JoinHandle<()>>,
}

/// The condition of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JournalHealth {
    pub(super) waiting_bytes: usize,
    pub(super) lag: Duration,
    pub(super) failure: Option<DiskError>,
}

impl Journal {
    /// Begins to write to a file that was read up to this moment. `last` is the last timestamp that may have been
    /// issued.
    pub(super) fn start(
        mut backend: Box<dyn Backend>,
        path: &Path,
        last: Timestamp,
        now: &Moment,
        durability: Durability,
    ) -> Result<Self, DiskError> {
        let watermark = Clocks::reserve(last, now.unix_ms());
        let clocks = Clocks { watermark, store_ms: now.ms, unix_ms: now.unix_ms() };
        // The first write need not wait for it, and a file that cannot be written shows at once.
        contain(path, || backend.append(&Batch::default(), &clocks))?;
        let shared = Arc::new(Shared::new(path, Queue::new(clocks, last)));
        let thread = thread::Builder::new().name("netabase-journal".to_owned());
        let writer = Arc::clone(&shared);
        let thread = thread
            .spawn(move || writer.run_writer(backend))
            .map_err(|error| DiskError::io("start the thread that writes", path, &error))?;
        let purge_at_ms = AtomicU64::new(now.end_of(KEPT_EXPIRED));
        Ok(Self { shared, durability, purge_at_ms, thread: Some(thread) })
    }

    pub(super) fn durability(&self) -> Durability {
        self.durability
    }

    /// Waits until a write may begin. Never under the store's lock.
    ///
    /// # Errors
    ///
    /// [`DiskError::ReadOnly`].
    pub(super) fn wait_for_room(&self) -> Result<(), DiskError> {
        self.shared.wait(None, |queue, _| queue.room())
    }

    /// Takes a transition that is about to be applied; none that changes nothing that lasts. Under the store's lock:
    /// it waits for nothing.
    ///
    /// What has expired goes without it: it is invisible after a restart, too, and is [purged](Self::purge) later.
    ///
    /// # Errors
    ///
    /// [`DiskError::ReadOnly`], [`DiskError::Busy`]. The transition must not be applied then.
    pub(super) fn push(
        &self,
        commit: &Commit<'_>,
        transition: &Transition,
        is_clock_new: bool,
    ) -> Result<Option<Ticket>, DiskError> {
        let lasts = |origin| origin != ChangeOrigin::Expired;
        if !is_clock_new && !transition.changes.iter().any(|change| lasts(change.origin)) {
            return Ok(None);
        }
        self.shared
            .push(commit, |batch| {
                for change in transition.changes.iter().filter(|change| lasts(change.origin)) {
                    let key = change.key.as_ref();
                    match &change.row {
                        Some(row) => batch.put(Table::Rows, key, |out| row::encode(row, out)),
                        None => batch.remove(Table::Rows, key),
                    }
                }
            })
            .map(Some)
    }

    /// Takes rows that are removed from the file alone: they are not in memory any more.
    pub(super) fn push_removals(&self, now: &Moment, keys: &[Vec<u8>]) -> Result<(), DiskError> {
        if keys.is_empty() {
            return Ok(());
        }
        let (clock, durability) = (Timestamp::default(), self.durability);
        let commit = Commit { now, clock, durability, has_waited: true };
        let removals =
            |batch: &mut Batch| keys.iter().for_each(|key| batch.remove(Table::Rows, key));
        self.shared.push(&commit, removals).map(drop)
    }

    /// Takes a schema that is known from now on.
    pub(super) fn push_schema(
        &self,
        commit: &Commit<'_>,
        name: &str,
        schema: &KnownSchema,
    ) -> Result<Ticket, DiskError> {
        self.shared.push(commit, |batch| {
            batch.put(Table::Schemas, name.as_bytes(), |out| schema.encode(out));
        })
    }

    /// Waits as long as the durability of a commit asks for. Never under the store's lock.
    ///
    /// # Errors
    ///
    /// [`DiskError::NotDurable`].
    pub(super) fn settle(&self, ticket: Ticket, durability: Durability) -> Result<(), DiskError> {
        let wanted = ticket.is_wanted(durability).then(|| ticket.number());
        self.shared.wait(wanted, |queue, at| queue.is_settled(ticket, durability, at))
    }

    /// Waits until all that was committed is on disk.
    ///
    /// # Errors
    ///
    /// [`DiskError::NotDurable`], [`DiskError::ReadOnly`].
    pub(super) fn sync(&self) -> Result<(), DiskError> {
        let last = self.shared.committed();
        self.shared.wait(Some(last), |queue, _| queue.synced(last))
    }

    /// Does as [`sync`](Self::sync) without keeping a thread.
    pub(super) async fn sync_async(&self) -> Result<(), DiskError> {
        self.shared.wait_async(self.shared.committed()).await
    }

    /// Has rows removed from the file, once a day, that have expired a day ago. Waits for nothing.
    pub(super) fn purge(&self, now: &Moment) {
        let due = self.purge_at_ms.load(Ordering::Relaxed);
        if now.ms < due {
            return;
        }
        let next = now.end_of(KEPT_EXPIRED);
        if self.purge_at_ms.swap(next, Ordering::Relaxed) == due {
            self.purge_now(now);
        }
    }

    /// Has rows removed from the file that have expired a day ago. Waits for nothing.
    pub(super) fn purge_now(&self, now: &Moment) {
        let now = *now;
        self.shared
            .purge(move |row| StoredRow::decode(row).is_ok_and(|row| row.is_past_keeping(&now)));
    }

    /// Has the thread that writes do something with the file, and waits for it.
    pub(super) fn run<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut dyn Backend) -> Result<R, DiskError> + Send + 'static,
    ) -> Result<R, DiskError> {
        self.shared.run(task)
    }

    pub(super) fn health(&self) -> JournalHealth {
        let queue = self.shared.queue();
        JournalHealth {
            waiting_bytes: queue.waiting_bytes(),
            lag: queue.age(Instant::now()),
            failure: queue.failure().cloned(),
        }
    }

    /// Says what time it is when the store is closed.
    pub(super) fn close(&mut self, now: &Moment) {
        self.shared.close(now);
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // It contains the panics of the file's code.
            let _ = thread.join();
        }
    }
}
