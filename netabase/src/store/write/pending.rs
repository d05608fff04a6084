//! One write of the application on its way into a commit.

use std::collections::HashMap;

use libp2p::kad::RecordKey;

use super::refused::Refused;
use crate::{
    record::{restamp, signed_len},
    schema::Access,
    store::{
        engine::{Previous, RecordMeta, Row, SchemaId},
        error::{TooLarge, WriteError},
        plan::Plan,
        state::RecordState,
        usage::Usage,
    },
};

/// A write of the application: a value whose timestamp is yet to be set, or a removal.
pub(crate) struct LocalWrite {
    pub(super) schema: SchemaId,
    pub(super) key: RecordKey,
    pub(super) row: Option<Row>,
    /// `true` if the same commit removes the key before: then it is private again.
    anew: bool,
    /// `true` if peers are served the value from then on, even if they were not before.
    publishes: bool,
}

/// A write, and what it replaces.
pub(super) struct Pending {
    pub(super) write: LocalWrite,
    pub(super) old: Option<Previous>,
}

impl LocalWrite {
    /// Copies an encoded key, value and index entries out of the buffers they were written to. `ends` is
    /// the value's end of life, as the store counts.
    pub(crate) fn put(
        schema: SchemaId,
        key: &[u8],
        value: &[u8],
        entries: &[u8],
        ends: Option<u64>,
    ) -> Self {
        let state = RecordState::LOCAL_WRITE;
        let meta = RecordMeta { state, ends, ..RecordMeta::default() };
        let row = Some(Row::new(value, entries, meta));
        Self { schema, key: RecordKey::new(&key), row, anew: false, publishes: false }
    }

    pub(crate) fn remove(schema: SchemaId, key: RecordKey) -> Self {
        Self { schema, key, row: None, anew: false, publishes: false }
    }

    /// Has peers served the value from then on.
    pub(super) fn publishing(self) -> Self {
        Self { publishes: true, ..self }
    }

    pub(crate) fn key(&self) -> &RecordKey {
        &self.key
    }

    /// Returns the value to be stored; `None` if the write is a removal.
    pub(crate) fn value(&self) -> Option<&[u8]> {
        self.row.as_ref().map(Row::value)
    }
}

impl Pending {
    pub(super) fn new(write: LocalWrite, plan: &mut Plan<'_>) -> Self {
        Self { old: plan.previous(&write.key), write }
    }

    /// Returns whether peers will be served the value. But for a write that publishes, only what the application
    /// published stays served: a peer that was here first with a record of this key must not make the application's
    /// own value public.
    fn is_served(&self) -> bool {
        let published = |old: &Previous| old.state().own && old.state().served && !old.is_removed();
        self.write.publishes || !self.write.anew && self.old.as_ref().is_some_and(published)
    }

    /// Changes what own rows take by what this write will do to it. A foreign row that is replaced took nothing of it.
    fn weigh(&self, access: Access, own: &mut Usage) {
        let old = self.old.as_ref().filter(|old| old.state().own);
        let Some(row) = &self.write.row else {
            // What peers may hold copies of leaves a tombstone, which is hardly larger: no removal is refused.
            if let Some(old) = old.filter(|old| old.visible && !old.meta.shared) {
                own.subtract(Usage::one(old.weight));
            }
            return;
        };
        let signature = if self.is_served() { signed_len(access, 0) } else { 0 };
        if let Some(old) = old {
            own.subtract(Usage::one(old.weight));
        }
        own.add(Usage::one(row.weight(&self.write.key) + signature));
    }
}

/// Drops every write that a later one of the same key undoes.
pub(super) fn last_of_each_key(writes: Vec<LocalWrite>) -> Vec<LocalWrite> {
    let mut last = HashMap::with_capacity(writes.len());
    for (at, write) in writes.iter().enumerate() {
        let (last, removed) = last.entry(write.key.clone()).or_insert((at, false));
        *last = at;
        *removed |= write.row.is_none();
    }
    let mut at = 0..;
    let only_last = |mut write: LocalWrite| {
        let (last, removed) = last[&write.key];
        write.anew = removed;
        (at.next() == Some(last)).then_some(write)
    };
    writes.into_iter().filter_map(only_last).collect()
}

impl Plan<'_> {
    /// Checks that these writes, each of another key, stay within the limits and the unique indexes.
    pub(super) fn check(&mut self, writes: &[Pending]) -> Result<(), Refused> {
        for pending in writes {
            self.check_lengths(pending).map_err(WriteError::from)?;
        }
        let inner = self.inner;
        self.make_own_room(|mut own| {
            for pending in writes {
                let access = inner.schemas.get(pending.write.schema).access;
                pending.weigh(access, &mut own);
            }
            own
        })
        .map_err(WriteError::from)?;
        self.check_unique(writes)
    }

    fn check_lengths(&self, pending: &Pending) -> Result<(), TooLarge> {
        let Some(row) = &pending.write.row else { return Ok(()) };
        let access = self.schema(pending.write.schema).access;
        let value_len = signed_len(access, row.value().len());
        self.check_value_len(value_len)?;
        if pending.is_served() {
            self.inner.served.check_len(pending.write.key.as_ref().len() + value_len)?;
        }
        Ok(())
    }

    /// Checks that a value, with the signature it may get, is no longer than the store takes.
    fn check_value_len(&self, len: usize) -> Result<(), TooLarge> {
        let max_bytes = self.inner.limits.max_value_bytes;
        if len > max_bytes { Err(TooLarge::Value { len, max_bytes }) } else { Ok(()) }
    }

    /// Plans a write that was checked.
    pub(super) fn write(&mut self, pending: &mut Pending) {
        let row = pending.write.row.take().map(|row| self.stamped(pending, row));
        let (LocalWrite { schema, key, .. }, old) = (&pending.write, pending.old.take());
        match (row, old) {
            (Some(row), old) => self.put(*schema, key, row, old),
            (None, Some(old)) if old.visible => self.remove_shown(*schema, key, old),
            (None, _) => {}
        }
    }

    /// Returns the row that a write stores: with its timestamp, and sealed if peers are served it.
    pub(super) fn stamped(&mut self, pending: &Pending, mut row: Row) -> Row {
        let (write, old) = (&pending.write, pending.old.as_ref());
        let stored = old.map(|old| old.header.timestamp);
        restamp(row.value_mut(), self.next_timestamp(stored));
        if pending.is_served() {
            row = self.sealed(write.schema, &write.key, &row);
        } else if old.is_some_and(|old| old.meta.shared) {
            let meta = RecordMeta { shared: true, ..row.meta() };
            row = Row::new(row.value(), row.entries(), meta);
        }
        row
    }
}
