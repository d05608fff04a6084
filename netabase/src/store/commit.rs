//! Commits: a plan is made and applied under one lock; then the lock goes, and those who watch are told.

use std::{mem, sync::RwLockWriteGuard, thread};

use super::{
    NetabaseStore, Shared,
    changes::{Receiver, sender},
    clock::Moment,
    engine::{ChangeOrigin, Damaged, SchemaId, Transition},
    inner::Inner,
    outbox::Notes,
    plan::Plan,
};

impl NetabaseStore {
    /// Plans a change of the store and, unless the plan fails, commits it. This is the one way to change rows.
    ///
    /// `plan` runs under the lock: it must not call the store, nor code of the user.
    ///
    /// # Errors
    ///
    /// What `plan` returns, or [`Damaged`]. Nothing is changed then.
    pub(super) fn change<R, E: From<Damaged>>(
        &self,
        origin: ChangeOrigin,
        now: &Moment,
        plan: impl FnOnce(&mut Plan<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        let shared = &*self.shared;
        let mut inner = shared.inner.write();
        let room = mem::take(&mut inner.room);
        let mut transition = inner.engine.begin(room)?;
        let (result, is_told) = {
            let transition = (origin, &mut transition);
            let mut planned = Plan::new(&inner, &shared.author, now, transition);
            (plan(&mut planned)?, planned.is_told())
        };
        shared.commit(inner, &mut transition, is_told)?;
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
    /// Applies what was planned under this lock, and tells the listener of what peers are served if `is_told`.
    fn commit(
        &self,
        mut inner: RwLockWriteGuard<'_, Inner>,
        transition: &mut Transition,
        is_told: bool,
    ) -> Result<(), Damaged> {
        let notes = inner.note_changes(transition);
        if is_told {
            inner.served.note(transition);
        }
        inner.engine.apply(transition)?;
        inner.keep_room(mem::take(&mut transition.changes));
        self.release(inner, notes);
        Ok(())
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
