//! Group commit without threads and without IO: what waits to be written, when to write it, who has to wait for that, and
//! what counts as done.

mod ticket;

#[cfg(test)]
mod tests;

use std::{
    mem,
    time::{Duration, Instant},
};

pub(in crate::store) use self::ticket::{Commit, Ticket};
use super::{batch::Batch, durability::Durability, error::DiskError, meta::Clocks};
use crate::{schema::Timestamp, store::clock::Moment};

/// Beyond so many bytes that wait, a write waits first, or is refused. One transaction may go beyond.
const MAX_WAITING_BYTES: usize = 32 << 20;

/// The same for puts and removals.
const MAX_WAITING_OPS: usize = 1 << 18;

/// So much is written without waiting for more.
const EAGER_BYTES: usize = 4 << 20;

/// Commits on their way to the disk.
pub(super) struct Queue {
    waiting: Batch,
    /// When the first commit of those that wait was made.
    since: Option<Instant>,
    /// When they are to be written at the latest.
    due: Option<Instant>,
    /// When the first commit was made of those that are being written.
    writing_since: Option<Instant>,
    /// The number of the last commit.
    committed: u64,
    /// The number of the last commit that was taken to be written.
    taken: u64,
    /// The number of the last commit on disk.
    durable: u64,
    /// The number of the last commit that a writer waits for.
    wanted: u64,
    /// The latest timestamp that was issued.
    clock: Timestamp,
    /// The watermark on disk.
    watermark: Timestamp,
    now: (u64, u64),
    is_closing: bool,
    failure: Option<DiskError>,
}

/// The writer's next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing before that time, or before it is woken.
    Sleep(Option<Instant>),
    Write,
    /// All is written, and nothing more comes.
    Exit,
}

/// Commits that are written in one transaction.
pub(super) struct Group {
    pub(super) batch: Batch,
    pub(super) clocks: Clocks,
    last: u64,
}

/// Where a commit, or a write that is about to begin, stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Done,
    Wait,
    Failed(DiskError),
}

impl Queue {
    /// Begins with the clocks on disk, whose watermark is above the last timestamp that was issued.
    pub(super) fn new(clocks: Clocks, last: Timestamp) -> Self {
        Self {
            waiting: Batch::default(),
            since: None,
            due: None,
            writing_since: None,
            committed: 0,
            taken: 0,
            durable: 0,
            wanted: 0,
            clock: last,
            watermark: clocks.watermark,
            now: (clocks.store_ms, clocks.unix_ms),
            is_closing: false,
            failure: None,
        }
    }

    fn is_full(&self) -> bool {
        self.waiting.byte_len() >= MAX_WAITING_BYTES || self.waiting.len() >= MAX_WAITING_OPS
    }

    fn read_only(&self) -> Option<DiskError> {
        let cause = self.failure.clone()?;
        Some(DiskError::ReadOnly { cause: Box::new(cause) })
    }

    /// Returns whether a write that may wait can begin.
    pub(super) fn room(&self) -> Standing {
        match self.read_only() {
            Some(error) => Standing::Failed(error),
            None if self.is_full() => Standing::Wait,
            None => Standing::Done,
        }
    }

    /// Takes a commit whose puts and removals `write` adds; true, too, if the writer has to be woken for it. A write
    /// that has waited for [room](Self::room) is taken though others were faster.
    ///
    /// # Errors
    ///
    /// [`DiskError::ReadOnly`], [`DiskError::Busy`]. Nothing is taken then.
    pub(super) fn push(
        &mut self,
        at: Instant,
        commit: &Commit<'_>,
        write: impl FnOnce(&mut Batch),
    ) -> Result<(Ticket, bool), DiskError> {
        if let Some(error) = self.read_only() {
            return Err(error);
        }
        if self.is_full() && !commit.has_waited {
            return Err(DiskError::Busy { waiting_bytes: self.waiting.byte_len() });
        }
        write(&mut self.waiting);
        self.committed += 1;
        self.clock = self.clock.max(commit.clock);
        self.now = (commit.now.ms, commit.now.unix_ms());
        self.since.get_or_insert(at);
        let due = at + commit.durability.linger();
        let is_sooner = self.due.is_none_or(|before| due < before);
        if is_sooner {
            self.due = Some(due);
        }
        let is_eager = self.waiting.byte_len() >= EAGER_BYTES;
        let ticket = Ticket { number: self.committed, is_ahead: commit.clock > self.watermark };
        Ok((ticket, is_sooner || is_eager))
    }

    /// Says that somebody waits for a commit. True if the writer has to be woken.
    pub(super) fn want(&mut self, number: u64) -> bool {
        let is_news = number > self.wanted;
        self.wanted = self.wanted.max(number);
        is_news
    }

    /// Returns the number of the last commit.
    pub(super) fn committed(&self) -> u64 {
        self.committed
    }

    /// Says that nothing more comes. The last clock of the store needs no room above it.
    pub(super) fn close(&mut self, now: &Moment) {
        self.now = (now.ms, now.unix_ms());
        self.is_closing = true;
    }

    pub(super) fn next(&self, at: Instant) -> Next {
        let has_work = self.committed > self.taken;
        match self.due {
            _ if self.failure.is_some() && self.is_closing => Next::Exit,
            _ if self.failure.is_some() => Next::Sleep(None),
            _ if self.is_closing => {
                if has_work {
                    Next::Write
                } else {
                    Next::Exit
                }
            }
            _ if !has_work => Next::Sleep(None),
            _ if self.wanted > self.taken || self.waiting.byte_len() >= EAGER_BYTES => Next::Write,
            Some(due) if due > at => Next::Sleep(Some(due)),
            _ => Next::Write,
        }
    }

    /// Takes all that waits. `spare` is an empty batch for what comes meanwhile.
    pub(super) fn take(&mut self, spare: Batch) -> Group {
        let batch = mem::replace(&mut self.waiting, spare);
        self.writing_since = self.since.take();
        self.due = None;
        self.taken = self.committed;
        Group { batch, clocks: self.clocks(), last: self.committed }
    }

    fn clocks(&self) -> Clocks {
        let (store_ms, unix_ms) = self.now;
        let watermark = if self.is_closing {
            self.clock
        } else {
            self.watermark.max(Clocks::reserve(self.clock, unix_ms))
        };
        Clocks { watermark, store_ms, unix_ms }
    }

    /// Returns the clocks of a store that is closed now.
    pub(super) fn last_clocks(&self) -> Clocks {
        self.clocks()
    }

    /// Says that a group is on disk.
    pub(super) fn written(&mut self, group: &Group) {
        self.writing_since = None;
        self.durable = group.last;
        self.watermark = group.clocks.watermark;
    }

    /// Says that a group could not be written. Nothing is tried again: what a failed sync has left is not known.
    pub(super) fn fail(&mut self, error: DiskError) {
        self.failure.get_or_insert(error);
        self.waiting.clear();
    }

    pub(super) fn failure(&self) -> Option<&DiskError> {
        self.failure.as_ref()
    }

    /// Returns how long the oldest commit has waited that is not on disk.
    pub(super) fn age(&self, at: Instant) -> Duration {
        let oldest = self.writing_since.or(self.since);
        oldest.map(|oldest| at.saturating_duration_since(oldest)).unwrap_or_default()
    }

    /// Returns how many bytes wait to be written.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting.byte_len()
    }

    /// Returns whether a commit is on disk.
    pub(super) fn standing(&self, number: u64) -> Standing {
        match &self.failure {
            _ if self.durable >= number => Standing::Done,
            Some(cause) => Standing::Failed(DiskError::NotDurable {
                applied: true,
                cause: Box::new(cause.clone()),
            }),
            None => Standing::Wait,
        }
    }

    /// Returns whether all up to a commit is on disk, and more can be written.
    pub(super) fn synced(&self, number: u64) -> Standing {
        match (self.standing(number), self.read_only()) {
            (Standing::Done, Some(error)) => Standing::Failed(error),
            (standing, _) => standing,
        }
    }

    /// Returns whether the writer that made a commit may go on.
    pub(super) fn is_settled(
        &self,
        ticket: Ticket,
        durability: Durability,
        at: Instant,
    ) -> Standing {
        match (self.standing(ticket.number), durability) {
            (Standing::Wait, Durability::Buffered { within })
                if !ticket.is_ahead && self.age(at) <= within =>
            {
                Standing::Done
            }
            (standing, _) => standing,
        }
    }
}
