//! The thread that owns the file, and what others share with it.

use std::{
    any::Any,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::mpsc,
    time::Instant,
};

use parking_lot::{Condvar, Mutex, MutexGuard};
use tokio::sync::watch;

use super::{
    backend::Backend,
    batch::Batch,
    error::DiskError,
    meta::Clocks,
    queue::{Commit, Group, Next, Queue, Standing, Ticket},
};
use crate::store::clock::Moment;

/// A larger buffer is not kept once it is written.
const MAX_SPARE_BYTES: usize = 8 << 20;

/// State that the thread shares with committing writers.
pub(super) struct Shared {
    path: PathBuf,
    state: Mutex<State>,
    /// Wakes the thread.
    work: Condvar,
    /// Wakes those who wait for it.
    done: Condvar,
    /// Wakes tasks that do.
    progress: watch::Sender<()>,
}

struct State {
    queue: Queue,
    tasks: VecDeque<Task>,
    purge: Option<Purge>,
    has_ended: bool,
}

/// A walk over the file that removes rows which are past keeping, some at a time and only while nothing waits to be
/// written.
pub(super) struct Purge {
    after: Option<Vec<u8>>,
    is_over: IsOver,
}

/// Tells whether a row is past keeping.
type IsOver = Box<dyn Fn(&[u8]) -> bool + Send>;

/// Something to be done with the file beside writing to it.
type Task = Box<dyn FnOnce(&mut dyn Backend) + Send>;

enum Job {
    Task(Task),
    Write(Group),
    Purge(Purge),
    Exit(Clocks),
}

impl Shared {
    pub(super) fn new(path: &Path, queue: Queue) -> Self {
        let state = State { queue, tasks: VecDeque::new(), purge: None, has_ended: false };
        Self {
            path: path.to_owned(),
            state: Mutex::new(state),
            work: Condvar::new(),
            done: Condvar::new(),
            progress: watch::Sender::new(()),
        }
    }

    pub(super) fn queue(&self) -> impl std::ops::Deref<Target = Queue> + '_ {
        MutexGuard::map(self.state.lock(), |state| &mut state.queue)
    }

    pub(super) fn committed(&self) -> u64 {
        self.state.lock().queue.committed()
    }

    pub(super) fn push(
        &self,
        commit: &Commit<'_>,
        write: impl FnOnce(&mut Batch),
    ) -> Result<Ticket, DiskError> {
        let (ticket, wakes) = self.state.lock().queue.push(Instant::now(), commit, write)?;
        if wakes {
            self.work.notify_one();
        }
        Ok(ticket)
    }

    /// Waits until a look at the queue says that the wait is over. `wanted` is the commit that is waited for, if it is
    /// one: it is written at once then.
    pub(super) fn wait(
        &self,
        wanted: Option<u64>,
        look: impl Fn(&Queue, Instant) -> Standing,
    ) -> Result<(), DiskError> {
        let mut state = self.state.lock();
        loop {
            match look(&state.queue, Instant::now()) {
                Standing::Done => return Ok(()),
                Standing::Failed(error) => return Err(error),
                Standing::Wait => {}
            }
            let wanted = wanted.unwrap_or_else(|| state.queue.committed());
            if state.queue.want(wanted) {
                self.work.notify_one();
            }
            self.done.wait(&mut state);
        }
    }

    /// Waits until all up to a commit is on disk, without keeping a thread.
    pub(super) async fn wait_async(&self, number: u64) -> Result<(), DiskError> {
        let mut progress = self.progress.subscribe();
        loop {
            {
                let mut state = self.state.lock();
                match state.queue.synced(number) {
                    Standing::Done => return Ok(()),
                    Standing::Failed(error) => return Err(error),
                    Standing::Wait => {}
                }
                if state.queue.want(number) {
                    self.work.notify_one();
                }
            }
            // The sender lives as long as this.
            let _ = progress.changed().await;
        }
    }

    pub(super) fn run<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut dyn Backend) -> Result<R, DiskError> + Send + 'static,
    ) -> Result<R, DiskError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let path = self.path.clone();
        let task: Task = Box::new(move |backend| {
            let result = contain(&path, || task(backend));
            // Whoever asked may be gone.
            let _ = answer.send(result);
        });
        {
            let mut state = self.state.lock();
            if state.has_ended {
                return Err(self.closed());
            }
            state.tasks.push_back(task);
        }
        self.work.notify_one();
        answered.recv().unwrap_or_else(|_| Err(self.closed()))
    }

    /// Has rows removed from the file that are past keeping, in the background.
    pub(super) fn purge(&self, is_over: impl Fn(&[u8]) -> bool + Send + 'static) {
        self.state.lock().purge = Some(Purge { after: None, is_over: Box::new(is_over) });
        self.work.notify_one();
    }

    fn closed(&self) -> DiskError {
        DiskError::Closed { path: self.path.clone() }
    }

    pub(super) fn close(&self, now: &Moment) {
        self.state.lock().queue.close(now);
        self.work.notify_one();
    }

    /// Writes groups until the store is closed.
    pub(super) fn run_writer(&self, mut backend: Box<dyn Backend>) {
        let mut spare = Batch::default();
        loop {
            match self.next_job(&mut spare) {
                Job::Task(task) => task(&mut *backend),
                Job::Write(mut group) => {
                    let written =
                        contain(&self.path, || backend.append(&group.batch, &group.clocks));
                    self.report(&group, written);
                    if group.batch.byte_len() <= MAX_SPARE_BYTES {
                        group.batch.clear();
                        spare = group.batch;
                    }
                }
                Job::Purge(purge) => self.purge_some(&mut *backend, purge),
                Job::Exit(clocks) => {
                    self.exit(backend, clocks);
                    return;
                }
            }
        }
    }

    fn next_job(&self, spare: &mut Batch) -> Job {
        let mut state = self.state.lock();
        loop {
            if let Some(task) = state.tasks.pop_front() {
                return Job::Task(task);
            }
            match state.queue.next(Instant::now()) {
                Next::Write => return Job::Write(state.queue.take(std::mem::take(spare))),
                Next::Sleep(_) if state.purge.is_some() && state.queue.failure().is_none() => {
                    if let Some(purge) = state.purge.take() {
                        return Job::Purge(purge);
                    }
                }
                Next::Exit => return Job::Exit(state.queue.last_clocks()),
                Next::Sleep(None) => self.work.wait(&mut state),
                Next::Sleep(Some(until)) => {
                    self.work.wait_until(&mut state, until);
                }
            }
        }
    }

    fn report(&self, group: &Group, written: Result<(), DiskError>) {
        let mut state = self.state.lock();
        match written {
            Ok(()) => state.queue.written(group),
            Err(error) => {
                tracing::error!(%error, "cannot write to disk; the store is read-only");
                state.queue.fail(error);
            }
        }
        drop(state);
        self.wake_waiters();
    }

    fn wake_waiters(&self) {
        self.done.notify_all();
        self.progress.send_replace(());
    }

    fn purge_some(&self, backend: &mut dyn Backend, mut purge: Purge) {
        let purged = contain(&self.path, || backend.purge(purge.after.as_deref(), &*purge.is_over));
        let mut state = self.state.lock();
        match purged {
            Ok(None) => {}
            Ok(last) => {
                purge.after = last;
                state.purge.get_or_insert(purge);
            }
            Err(error) => {
                tracing::error!(%error, "cannot purge the disk; the store is read-only");
                state.queue.fail(error);
                drop(state);
                // A commit may have come meanwhile, and its writer waits.
                self.wake_waiters();
            }
        }
    }

    fn exit(&self, mut backend: Box<dyn Backend>, clocks: Clocks) {
        let has_failed = self.state.lock().queue.failure().is_some();
        if !has_failed
            && let Err(error) = contain(&self.path, || backend.append(&Batch::default(), &clocks))
        {
            tracing::warn!(%error, "cannot note the time at which the store was closed");
        }
        // Closing may write, too, and so panic.
        let _ = catch_unwind(AssertUnwindSafe(move || drop(backend)));
        let mut state = self.state.lock();
        state.has_ended = true;
        state.tasks.clear();
    }
}

/// Makes a panic of the file's code an error: a damaged file must not end the program.
pub(in crate::store) fn contain<R>(
    path: &Path,
    work: impl FnOnce() -> Result<R, DiskError>,
) -> Result<R, DiskError> {
    let panicked = "the code that reads it panicked";
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(DiskError::corrupt(path, panicked, said(&*panic))))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
