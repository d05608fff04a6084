use std::{
    mem,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use libp2p::kad::RecordKey;
use parking_lot::RwLockWriteGuard;

use super::{
    Inner, NetabaseStore,
    changes::{ChangeOrigin, RawChange, RawCommit, Receiver, sender},
    schemas::SchemaId,
    table::Replaced,
};

/// What the holder of the write lock has changed so far.
#[derive(Default)]
pub(super) struct Changes {
    origin: ChangeOrigin,
    pending: Vec<(SchemaId, RawChange)>,
    commits: u64,
}

/// The write lock. When it goes, watchers are sent what was changed under it, as one commit.
pub(super) struct Writer<'a>(RwLockWriteGuard<'a, Inner>);

impl NetabaseStore {
    pub(super) fn write(&self, origin: ChangeOrigin) -> Writer<'_> {
        let mut inner = self.shared.inner.write();
        inner.changes.origin = origin;
        Writer(inner)
    }

    /// The changes of a schema from now on.
    pub(crate) fn watch(&self, schema: SchemaId) -> Receiver {
        let mut inner = self.shared.inner.write();
        let watchers = &mut inner.schemas.get_mut(schema).watchers;
        watchers.get_or_insert_with(sender).subscribe()
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
        if old.as_deref() != new {
            let change = RawChange { key: key.clone(), old, new: new.map(<[u8]>::to_vec) };
            self.changes.pending.push((schema, change));
        }
    }

    fn send_changes(&mut self) {
        let Changes { origin, pending, commits } = &mut self.changes;
        if pending.is_empty() {
            return;
        }
        *commits += 1;
        let (number, origin) = (*commits, *origin);
        let mut of_schemas: Vec<(SchemaId, Vec<RawChange>)> = Vec::new();
        for (schema, change) in mem::take(pending) {
            match of_schemas.iter_mut().find(|(known, _)| *known == schema) {
                Some((_, changes)) => changes.push(change),
                None => of_schemas.push((schema, vec![change])),
            }
        }
        for (schema, changes) in of_schemas {
            if let Some(sender) = &self.schemas.get(schema).watchers {
                // Whoever watched may have gone meanwhile.
                let _ = sender.send(Arc::new(RawCommit { number, origin, changes }));
            }
        }
    }
}

impl Deref for Writer<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Inner {
        &mut self.0
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        self.0.send_changes();
    }
}
