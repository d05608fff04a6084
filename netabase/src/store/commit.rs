//! Commits: a plan is made, given to the journal if there is one, and applied, under one lock; then the lock goes, those
//! who watch are told, and the writer waits for the disk if it has to.

use std::{mem, sync::RwLockWriteGuard, thread};

use super::{
    NetabaseStore, Shared,
    changes::{Receiver, sender},
    clock::Moment,
    engine::{ChangeOrigin, Damaged, SchemaId, Transition},
    inner::Inner,
    journal::{self, DiskError, Durability, Journal, Ticket},
    outbox::Notes,
    plan::{Audience, Plan},
};

/// Why nothing was changed, or why the change may not last.
#[derive(Clone, Debug)]
pub(super) enum CommitError {
    /// An earlier commit ended half-way.
    Damaged(Damaged),
    /// The journal did not take it, or the disk failed.
    Disk(DiskError),
}

impl From<Damaged> for CommitError {
    fn from(damaged: Damaged) -> Self {
        Self::Damaged(damaged)
    }
}

impl From<DiskError> for CommitError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

/// The time that a writer may be kept waiting for the disk. In memory alone nobody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// It may not: it is a node's task, say. If too much waits to be written, it is refused.
    Never,
    /// It may, as the store's durability says.
    Default,
    /// It may, as this durability says.
    As(Durability),
}

impl Pace {
    fn durability(self, journal: &Journal) -> Durability {
        match self {
            Self::Never | Self::Default => journal.durability(),
            Self::As(durability) => durability,
        }
    }
}

impl NetabaseStore {
    /// Plans a change of the store and, unless the plan fails, commits it, without waiting for the disk.
    ///
    /// `plan` runs under the lock: it must not call the store, nor code of the user.
    ///
    /// # Errors
    ///
    /// What `plan` returns, or [`CommitError`]. Nothing is changed then.
    pub(super) fn change<R, E: From<CommitError>>(
        &self,
        origin: ChangeOrigin,
        now: &Moment,
        plan: impl FnOnce(&mut Plan<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        self.change_at(Pace::Never, origin, now, plan)
    }

    /// Does as [`change`](Self::change), and waits for the disk as the writer's pace says. This is the one way to change
    /// rows.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change); and [`DiskError::NotDurable`], after which it is changed in memory.
    pub(super) fn change_at<R, E: From<CommitError>>(
        &self,
        pace: Pace,
        origin: ChangeOrigin,
        now: &Moment,
        plan: impl FnOnce(&mut Plan<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        let shared = &*self.shared;
        if pace != Pace::Never
            && let Some(journal) = &shared.journal
        {
            journal.wait_for_room().map_err(CommitError::Disk)?;
        }
        let mut inner = shared.inner.write();
        let room = mem::take(&mut inner.room);
        let mut transition = inner.engine.begin(room).map_err(CommitError::Damaged)?;
        let (result, audience) = {
            let transition = (origin, &mut transition);
            let mut planned = Plan::new(&inner, &shared.author, now, transition);
            (plan(&mut planned)?, planned.audience())
        };
        let ticket = shared.commit(inner, &mut transition, audience, (pace, now))?;
        if let Some(ticket) = ticket {
            shared.settle(ticket, pace).map_err(CommitError::Disk)?;
        }
        Ok(result)
    }

    /// Changes what is no row, and tells of marks that are crossed by that.
    pub(super) fn configure<R>(&self, change: impl FnOnce(&mut Inner) -> R) -> R {
        let mut inner = self.shared.inner.write();
        let result = change(&mut inner);
        self.shared.release(inner, Notes::new());
        result
    }

    /// Returns how many commits have changed rows or the clock.
    #[cfg(test)]
    pub(crate) fn commits(&self) -> u64 {
        self.shared.inner.read().engine.version()
    }

    /// Returns the changes of a schema from now on, and the number of the last commit before.
    pub(crate) fn watch(&self, schema: SchemaId) -> (Receiver, u64) {
        let mut inner = self.shared.inner.write();
        let watchers = &mut inner.schemas.get_mut(schema).watchers;
        let receiver = watchers.get_or_insert_with(sender).subscribe();
        (receiver, inner.commits)
    }
}

impl Shared {
    /// Gives what was planned under this lock to the journal, which takes it whole or refuses it; applies it; and tells
    /// those who are to know.
    fn commit(
        &self,
        mut inner: RwLockWriteGuard<'_, Inner>,
        transition: &mut Transition,
        audience: Audience,
        (pace, now): (Pace, &Moment),
    ) -> Result<Option<Ticket>, CommitError> {
        let mut ticket = None;
        if let Some(journal) = self.journal.as_ref().filter(|_| audience.journal) {
            let (clock, durability) = (transition.clock, pace.durability(journal));
            let has_waited = pace != Pace::Never;
            let commit = journal::Commit { now, clock, durability, has_waited };
            ticket = journal.push(&commit, transition, clock != inner.engine.clock())?;
        }
        let notes = inner.note_changes(transition);
        if audience.listener {
            inner.served.note(transition);
        }
        // `begin` has seen that it can be applied.
        inner.engine.apply(transition)?;
        inner.keep_room(mem::take(&mut transition.changes));
        self.release(inner, notes);
        Ok(ticket)
    }

    /// Waits for the disk as a writer's pace says.
    fn settle(&self, ticket: Ticket, pace: Pace) -> Result<(), DiskError> {
        match (&self.journal, pace) {
            (None, _) | (_, Pace::Never) => Ok(()),
            (Some(journal), pace) => journal.settle(ticket, pace.durability(journal)),
        }
    }

    /// Lets the lock go, leaves those who wait for it time to take it, and sends what was noted.
    fn release(&self, mut inner: RwLockWriteGuard<'_, Inner>, notes: Notes) {
        let has_posted = inner.post(notes, &self.outbox);
        let sink = inner.served.take_news();
        drop(inner);
        self.inner.give_way(thread::yield_now);
        if has_posted {
            self.outbox.send();
        }
        if let Some(sink) = sink {
            sink.wake();
        }
    }
}
