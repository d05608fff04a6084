use std::collections::HashMap;

use libp2p::kad::RecordKey;

use super::{
    Inner, NetabaseStore,
    changes::ChangeOrigin,
    commit::{LocalWrite, Pending, Refused, check_value_len},
    error::StoreError,
    inbound::check_ahead,
    schemas::{Schema, SchemaId},
    state::RecordState,
    table::Stored,
};
use crate::schema::{EnvelopeHeader, NetabaseSchema, Timestamp};

impl NetabaseStore {
    /// Makes the store know `V`, so that its records are accepted.
    pub(crate) fn register<V: NetabaseSchema>(&self) -> Result<SchemaId, StoreError> {
        self.shared.inner.write().schemas.register::<V>()
    }

    /// How many records databases of this schema show.
    pub(crate) fn visible_count(&self, schema: SchemaId) -> usize {
        self.shared.inner.read().schemas.get(schema).visible
    }

    /// Copies the value of a visible record into `out`. False if there is none.
    pub(crate) fn read(&self, key: &RecordKey, out: &mut Vec<u8>) -> bool {
        let inner = self.shared.inner.read();
        let Some(stored) = inner.table.get(key).filter(|stored| stored.is_visible()) else {
            return false;
        };
        out.clear();
        out.extend_from_slice(stored.value);
        true
    }

    /// As [`read`](Self::read), of the first record with this key in an index.
    pub(crate) fn read_by_index(
        &self,
        schema: SchemaId,
        index: usize,
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> bool {
        let inner = self.shared.inner.read();
        let Schema { prefix, indexes, .. } = inner.schemas.get(schema);
        let Some(rest) = indexes.tree(index).holders(key).next() else { return false };
        let record_key = RecordKey::from([prefix, rest].concat());
        let Some(stored) = inner.table.get(&record_key) else { return false };
        out.clear();
        out.extend_from_slice(stored.value);
        true
    }

    pub(crate) fn contains(&self, key: &RecordKey) -> bool {
        self.shared.inner.read().table.get(key).is_some_and(Stored::is_visible)
    }

    /// Stores a value, copying the one it replaces into `replaced`. False if there was none.
    pub(crate) fn put_local(
        &self,
        write: LocalWrite,
        replaced: &mut Vec<u8>,
    ) -> Result<bool, StoreError> {
        check_value_len(write.value_len(), self.limits())?;
        let wall = self.wall();
        let mut inner = self.write(ChangeOrigin::Local);
        let old = inner.table.get(&write.key);
        if let Some(old) = old {
            replaced.clear();
            replaced.extend_from_slice(old.value);
        }
        let pending = Pending { old: old.map(Stored::replaced), write };
        let had = pending.old.as_ref().is_some_and(|old| old.visible);
        let checked = inner.check(self.limits(), std::slice::from_ref(&pending));
        if checked.is_ok() {
            inner.apply_one(pending, wall);
        }
        // The error's text is made by code of the user.
        drop(inner);
        Ok(checked.map(|()| had)?)
    }

    /// Commits all of these writes, or none. The last of one key counts.
    pub(crate) fn commit(&self, writes: Vec<LocalWrite>) -> Result<(), StoreError> {
        self.commit_if_unchanged(&HashMap::new(), writes).map(drop)
    }

    /// Commits these writes if what was read before is still so. False, and nothing done, if not.
    pub(crate) fn commit_if_unchanged(
        &self,
        reads: &HashMap<RecordKey, Option<Vec<u8>>>,
        writes: Vec<LocalWrite>,
    ) -> Result<bool, StoreError> {
        for write in &writes {
            check_value_len(write.value_len(), self.limits())?;
        }
        if writes.is_empty() {
            return Ok(self.shared.inner.read().shows(reads));
        }
        let writes = last_of_each_key(writes);
        let wall = self.wall();
        let mut inner = self.write(ChangeOrigin::Local);
        if !inner.shows(reads) {
            return Ok(false);
        }
        let checked = inner.check_and_apply(self, writes, wall);
        drop(inner);
        Ok(checked.map(|()| true)?)
    }

    /// Removes records that databases show; says how many there were.
    pub(crate) fn remove_local<'a>(
        &self,
        schema: SchemaId,
        keys: impl IntoIterator<Item = &'a RecordKey>,
    ) -> usize {
        let wall = self.wall();
        let mut inner = self.write(ChangeOrigin::Local);
        let mut removed = 0;
        for key in keys {
            if let Some(old) = inner.replaced(key).filter(|old| old.visible) {
                inner.remove(schema, key, &old, wall);
                removed += 1;
            }
        }
        removed
    }

    /// A timestamp for a value of `key` that leaves the store without being written to it.
    pub(crate) fn issue_timestamp(&self, key: &RecordKey) -> Result<Timestamp, StoreError> {
        let wall = self.wall();
        let mut inner = self.write(ChangeOrigin::Local);
        let stored = inner.table.get(key).map(|stored| stored.header().timestamp);
        let timestamp = inner.next_timestamp(wall, stored);
        check_ahead(timestamp, wall.millis())?;
        Ok(timestamp)
    }

    /// Kademlia serves the record no longer. False if databases do not show it: then it is not touched,
    /// or, if `hidden` ones are meant, too, dropped.
    pub(crate) fn stop_serving(&self, key: &RecordKey, hidden: bool) -> bool {
        let mut inner = self.write(ChangeOrigin::Local);
        let Some(old) = inner.replaced(key) else { return false };
        let Some(schema) = inner.schemas.of_key(key.as_ref()) else { return false };
        if old.visible {
            inner.set_state(schema, key, RecordState { served: false, ..old.state });
        } else if hidden {
            inner.drop_record(schema, key, &old);
        }
        old.visible
    }

    /// Drops all tombstones and says how many there were.
    ///
    /// Until then they take room, and keep late copies of what was removed from coming back. Call it
    /// when no peer can still hold such copies.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::NetabaseStore;
    /// let store = NetabaseStore::new();
    /// assert_eq!(store.forget_tombstones(), 0);
    /// ```
    #[must_use = "says how many there were"]
    pub fn forget_tombstones(&self) -> usize {
        let tombstones = self.raw_records().filter(|raw| {
            EnvelopeHeader::peek(&raw.record.value).is_some_and(|header| header.tombstone)
        });
        let mut forgotten = 0;
        for raw in tombstones {
            let mut inner = self.write(ChangeOrigin::Local);
            let old = inner.table.get(&raw.record.key).filter(|now| now.header().tombstone);
            let old = old.map(Stored::replaced);
            if let Some((old, schema)) = old.zip(inner.schemas.of_key(raw.record.key.as_ref())) {
                inner.drop_record(schema, &raw.record.key, &old);
                forgotten += 1;
            }
        }
        forgotten
    }

    fn wall(&self) -> Timestamp {
        Timestamp::from_millis(self.shared.clock.now().unix_ms)
    }
}

impl Inner {
    /// Whether databases show exactly these values.
    fn shows(&self, values: &HashMap<RecordKey, Option<Vec<u8>>>) -> bool {
        values.iter().all(|(key, value)| {
            let stored = self.table.get(key).filter(|stored| stored.is_visible());
            stored.map(|stored| stored.value) == value.as_deref()
        })
    }

    fn check_and_apply(
        &mut self,
        store: &NetabaseStore,
        writes: Vec<LocalWrite>,
        wall: Timestamp,
    ) -> Result<(), Refused> {
        let pending = |write: LocalWrite| Pending { old: self.replaced(&write.key), write };
        let writes: Vec<_> = writes.into_iter().map(pending).collect();
        self.check(store.limits(), &writes)?;
        for write in writes {
            self.apply_one(write, wall);
        }
        Ok(())
    }
}

/// Drops every write that a later one of the same key undoes.
fn last_of_each_key(writes: Vec<LocalWrite>) -> Vec<LocalWrite> {
    let mut last = HashMap::with_capacity(writes.len());
    for (at, write) in writes.iter().enumerate() {
        let (last, removed) = last.entry(write.key.clone()).or_insert((at, false));
        *last = at;
        *removed |= write.value.is_none();
    }
    let mut at = 0..;
    let only_last = |mut write: LocalWrite| {
        let (last, removed) = last[&write.key];
        write.anew = removed;
        (at.next() == Some(last)).then_some(write)
    };
    writes.into_iter().filter_map(only_last).collect()
}
