//! What is on its way to watchers. It is sent in order, and without the store's lock, since sending wakes tasks, and
//! so runs code of the user.

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;

use super::{
    changes::{RawChange, RawCommit, Sender},
    engine::{Row, RowChange, SchemaId, Transition},
    inner::Inner,
    marks::Crossed,
};
use crate::record::same_value;

/// Messages to watchers, in order.
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

/// The changes of one commit that watchers are told of, by schema.
pub(super) type Notes = Vec<(SchemaId, Vec<RawChange>)>;

impl Inner {
    /// Notes the changes of a transition for those who watch, before it is applied. Without watchers nothing is
    /// copied.
    pub(super) fn note_changes(&self, transition: &Transition) -> Notes {
        let mut notes = Notes::new();
        for change in &transition.changes {
            if let Some(noted) = self.note_change(change) {
                match notes.iter_mut().find(|(known, _)| *known == change.schema) {
                    Some((_, changes)) => changes.push(noted),
                    None => notes.push((change.schema, vec![noted])),
                }
            }
        }
        notes
    }

    fn note_change(&self, change: &RowChange) -> Option<RawChange> {
        let watchers = self.schemas.get(change.schema).watchers.as_ref();
        if watchers.is_none_or(|sender| sender.receiver_count() == 0) {
            return None;
        }
        let old = change.previous.as_ref().filter(|previous| previous.visible);
        let old = old.and_then(|_| self.engine.get(&change.key)).map(|row| row.value);
        let new = change.row.as_ref().filter(|row| row.is_visible()).map(Row::value);
        // A renewed lease is no change of the value.
        let is_none = match (old, new) {
            (None, None) => true,
            (Some(old), Some(new)) => same_value(old, new),
            _ => false,
        };
        (!is_none).then(|| RawChange {
            key: change.key.clone(),
            old: old.map(<[u8]>::to_vec),
            new: new.map(<[u8]>::to_vec),
            origin: change.origin,
        })
    }

    /// Puts what was noted of a commit into the outbox: a message a schema, and one a mark that was crossed. False if
    /// there is nothing to send.
    pub(super) fn post(&mut self, notes: Notes, outbox: &Outbox) -> bool {
        let crossed = self.marks.crossed(self.engine.usages(), &self.limits);
        if notes.is_empty() && crossed.is_empty() {
            return false;
        }
        let mut waiting = outbox.waiting.lock();
        waiting.extend(crossed.into_iter().map(Message::Mark));
        self.commits += u64::from(!notes.is_empty());
        let number = self.commits;
        for (schema, changes) in notes {
            if let Some(sender) = &self.schemas.get(schema).watchers {
                waiting.push_back(Message::Commit(sender.clone(), RawCommit { number, changes }));
            }
        }
        true
    }
}

impl Outbox {
    /// Sends what waits. If somebody else is at it, also further up this very stack, they send it all.
    pub(super) fn send(&self) {
        while !self.waiting.lock().is_empty() {
            let Some(_sending) = self.sending.try_lock() else { return };
            loop {
                let next = self.waiting.lock().pop_front();
                match next {
                    // The watcher may be gone meanwhile.
                    Some(Message::Commit(sender, commit)) => drop(sender.send(Arc::new(commit))),
                    Some(Message::Mark(crossed)) => crossed.tell(),
                    None => break,
                }
            }
        }
    }
}
