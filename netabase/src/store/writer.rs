use std::{
    collections::VecDeque,
    mem,
    ops::{Deref, DerefMut},
    sync::{Arc, RwLockWriteGuard},
};

use libp2p::kad::RecordKey;
use parking_lot::Mutex;

use super::{
    Inner, NetabaseStore, Shared,
    changes::{ChangeOrigin, RawChange, RawCommit, Receiver, Sender, sender},
    encoded::Replaced,
    marks::Crossed,
    schemas::SchemaId,
};
use crate::record::same_value;

/// What the holder of the write lock has changed so far.
#[derive(Default)]
pub(super) struct Changes {
    origin: ChangeOrigin,
    pending: Vec<(SchemaId, RawChange)>,
    commits: u64,
}

impl Changes {
    /// Whether the application makes them.
    pub(super) fn is_local(&self) -> bool {
        self.origin == ChangeOrigin::Local
    }
}

/// What is on its way to watchers, in order. It is sent without the store's lock, since sending wakes
/// tasks, and so runs code of the user.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<VecDeque<Message>>,
    /// Held by the one who sends.
    sending: Mutex<()>,
}

enum Message {
    Commit(Sender, RawCommit),
    Mark(Crossed),
}

/// The write lock. When it goes, watchers are sent what was changed under it, as one commit.
pub(super) struct Writer<'a> {
    shared: &'a Shared,
    /// There until the drop.
    inner: Option<RwLockWriteGuard<'a, Inner>>,
}

impl NetabaseStore {
    pub(super) fn write(&self, origin: ChangeOrigin) -> Writer<'_> {
        let mut inner = self.shared.inner.write();
        inner.changes.origin = origin;
        Writer { shared: &self.shared, inner: Some(inner) }
    }

    /// The changes of a schema from now on, and the number of the last commit before.
    pub(crate) fn watch(&self, schema: SchemaId) -> (Receiver, u64) {
        let mut inner = self.shared.inner.write();
        let watchers = &mut inner.schemas.get_mut(schema).watchers;
        let receiver = watchers.get_or_insert_with(sender).subscribe();
        (receiver, inner.changes.commits)
    }
}

impl Inner {
    /// Notes a change for the schema's watchers, if it has any: else nothing is copied.
    pub(super) fn note_change(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        old: Option<&Replaced>,
        new: Option<&[u8]>,
    ) {
        let watchers = self.schemas.get(schema).watchers.as_ref();
        let was_visible = old.is_some_and(|old| old.visible);
        if watchers.is_none_or(|sender| sender.receiver_count() == 0)
            || (!was_visible && new.is_none())
        {
            return;
        }
        let old = was_visible.then(|| self.table.get(key)).flatten();
        let old = old.map(|stored| stored.value.to_vec());
        // A renewed lease is no change of the value.
        let same = old.as_deref().zip(new).is_some_and(|(old, new)| same_value(old, new));
        if !same {
            let (new, origin) = (new.map(<[u8]>::to_vec), self.changes.origin);
            let change = RawChange { key: key.clone(), old, new, origin };
            self.changes.pending.push((schema, change));
        }
    }

    /// Does something whose changes have another origin.
    pub(super) fn with_origin<R>(
        &mut self,
        origin: ChangeOrigin,
        work: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let before = mem::replace(&mut self.changes.origin, origin);
        let result = work(self);
        self.changes.origin = before;
        result
    }

    /// Moves what was changed to the outbox: a message a schema, and one a mark that was crossed.
    /// False if nothing was.
    fn post_changes(&mut self, outbox: &Outbox) -> bool {
        let crossed = self.marks.crossed(self.usages, &self.limits);
        let has_crossed = !crossed.is_empty();
        if has_crossed {
            outbox.waiting.lock().extend(crossed.into_iter().map(Message::Mark));
        }
        let Changes { pending, commits, .. } = &mut self.changes;
        if pending.is_empty() {
            return has_crossed;
        }
        *commits += 1;
        let number = *commits;
        let mut of_schemas: Vec<(SchemaId, Vec<RawChange>)> = Vec::new();
        for (schema, change) in mem::take(pending) {
            match of_schemas.iter_mut().find(|(known, _)| *known == schema) {
                Some((_, changes)) => changes.push(change),
                None => of_schemas.push((schema, vec![change])),
            }
        }
        for (schema, changes) in of_schemas {
            if let Some(sender) = &self.schemas.get(schema).watchers {
                let commit = RawCommit { number, changes };
                outbox.waiting.lock().push_back(Message::Commit(sender.clone(), commit));
            }
        }
        true
    }
}

impl Outbox {
    /// Sends what waits. If somebody else is at it, also further up this very stack, they send it all.
    fn send(&self) {
        while !self.waiting.lock().is_empty() {
            let Some(_sending) = self.sending.try_lock() else { return };
            loop {
                let next = self.waiting.lock().pop_front();
                match next {
                    // Whoever watched may have gone meanwhile.
                    Some(Message::Commit(sender, commit)) => drop(sender.send(Arc::new(commit))),
                    Some(Message::Mark(crossed)) => crossed.tell(),
                    None => break,
                }
            }
        }
    }
}

impl Deref for Writer<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        self.inner.as_ref().expect("the lock is held until the drop")
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Inner {
        self.inner.as_mut().expect("the lock is held until the drop")
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        let Some(mut inner) = self.inner.take() else { return };
        let has_changed = inner.post_changes(&self.shared.outbox);
        let sink = inner.served.take_news();
        drop(inner);
        self.shared.inner.give_way();
        if has_changed {
            self.shared.outbox.send();
        }
        if let Some(sink) = sink {
            sink.wake();
        }
    }
}
