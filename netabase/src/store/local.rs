use std::collections::HashMap;

use libp2p::kad::RecordKey;

use super::{
    Inner, NetabaseStore,
    error::StoreError,
    limits::Limits,
    schemas::SchemaId,
    state::RecordState,
    table::{Replaced, Stored, with_state},
};
use crate::{
    record::{restamp, write_tombstone},
    schema::{NetabaseSchema, Timestamp},
};

/// A write of the application: a key, and an encoded value whose timestamp is yet to be set.
pub(crate) struct LocalWrite {
    schema: SchemaId,
    key: RecordKey,
    /// With the state behind it, as the table wants it.
    value: Vec<u8>,
}

impl LocalWrite {
    /// Copies an encoded key and value out of the buffers they were written to.
    pub(crate) fn new(schema: SchemaId, key: &[u8], value: &[u8]) -> Self {
        let value = with_state(value, RecordState::LOCAL_WRITE);
        Self { schema, key: RecordKey::new(&key), value }
    }

    fn value_len(&self) -> usize {
        self.value.len() - 1
    }
}

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
        let mut inner = self.shared.inner.write();
        let old = inner.table.get(&write.key);
        if let Some(old) = old {
            replaced.clear();
            replaced.extend_from_slice(old.value);
        }
        let old = old.map(Stored::replaced);
        let mut room = Room::new(&inner, self.limits());
        room.add(&write.key, write.value_len(), old.as_ref().map(|old| old.value_len));
        room.check()?;
        let had = old.as_ref().is_some_and(|old| old.visible);
        inner.write_local(write, old, wall);
        Ok(had)
    }

    /// Stores all of the values, or none.
    pub(crate) fn put_local_batch(&self, writes: Vec<LocalWrite>) -> Result<(), StoreError> {
        for write in &writes {
            check_value_len(write.value_len(), self.limits())?;
        }
        let wall = self.wall();
        let mut inner = self.shared.inner.write();
        inner.check_batch(self.limits(), &writes)?;
        for write in writes {
            let old = inner.replaced(&write.key);
            inner.write_local(write, old, wall);
        }
        Ok(())
    }

    /// Removes records that databases show; says how many there were.
    pub(crate) fn remove_local<'a>(
        &self,
        schema: SchemaId,
        keys: impl IntoIterator<Item = &'a RecordKey>,
    ) -> usize {
        let wall = self.wall();
        let mut inner = self.shared.inner.write();
        keys.into_iter().filter(|key| inner.remove_local(schema, key, wall)).count()
    }

    /// A timestamp for a value of `key` that leaves the store without being written to it.
    pub(crate) fn issue_timestamp(&self, key: &RecordKey) -> Timestamp {
        let wall = self.wall();
        let mut inner = self.shared.inner.write();
        let stored = inner.table.get(key).map(|stored| stored.header().timestamp);
        inner.next_timestamp(wall, stored)
    }

    fn wall(&self) -> Timestamp {
        Timestamp::from_millis(self.shared.clock.now().unix_ms)
    }
}

impl Inner {
    fn check_batch(&self, limits: &Limits, writes: &[LocalWrite]) -> Result<(), StoreError> {
        let mut room = Room::new(self, limits);
        // The last write of a key replaces the earlier one, not what is stored.
        let mut earlier: HashMap<&RecordKey, usize> = HashMap::with_capacity(writes.len());
        for write in writes {
            let old = earlier.insert(&write.key, write.value_len());
            let stored = || self.table.get(&write.key).map(|stored| stored.value.len());
            room.add(&write.key, write.value_len(), old.or_else(stored));
        }
        room.check()
    }

    fn write_local(&mut self, write: LocalWrite, old: Option<Replaced>, wall: Timestamp) {
        let LocalWrite { schema, key, mut value } = write;
        let timestamp = self.next_timestamp(wall, old.as_ref().map(|old| old.timestamp));
        restamp(&mut value, timestamp);
        let state = RecordState::LOCAL_WRITE;
        let state = old.as_ref().map_or(state, |old| old.state.union(state));
        *value.last_mut().expect("a stored value ends with its state") = state.to_byte();
        self.store(schema, key, value, old, true);
    }

    fn remove_local(&mut self, schema: SchemaId, key: &RecordKey, wall: Timestamp) -> bool {
        let Some(old) = self.replaced(key).filter(|old| old.visible) else { return false };
        match old.state {
            // Other peers may hold copies: only a newer tombstone deletes those.
            RecordState { own: true, served: true, .. } => {
                let timestamp = self.next_timestamp(wall, Some(old.timestamp));
                let mut value = Vec::new();
                write_tombstone(self.schemas.get(schema).version, timestamp, &mut value);
                let value = with_state(&value, old.state);
                self.store(schema, key.clone(), value, Some(old), false);
            }
            // Somebody else's record: databases forget it, Kademlia does not.
            RecordState { own: false, served: true, .. } => {
                self.set_state(schema, key, RecordState { wanted: false, ..old.state });
            }
            RecordState { served: false, .. } => self.drop_record(schema, key, &old),
        }
        true
    }

    /// Later than the wall clock, than all that was issued here, and than what is stored.
    fn next_timestamp(&mut self, wall: Timestamp, stored: Option<Timestamp>) -> Timestamp {
        let after_stored = stored.map_or(wall, Timestamp::next);
        self.last_issued = wall.max(self.last_issued.next()).max(after_stored);
        self.last_issued
    }
}

/// What the store would hold after some writes.
pub(super) struct Room<'a> {
    limits: &'a Limits,
    records: usize,
    bytes: usize,
    new_records: usize,
    new_bytes: usize,
}

impl<'a> Room<'a> {
    pub(super) fn new(inner: &Inner, limits: &'a Limits) -> Self {
        let (records, bytes) = (inner.table.len(), inner.table.bytes());
        Self { limits, records, bytes, new_records: records, new_bytes: bytes }
    }

    /// Adds a write; `old` is the length of the value it replaces.
    pub(super) fn add(&mut self, key: &RecordKey, value_len: usize, old: Option<usize>) {
        let replaced = old.unwrap_or_else(|| {
            self.new_records += 1;
            self.new_bytes += key.as_ref().len();
            0
        });
        self.new_bytes = self.new_bytes - replaced + value_len;
    }

    /// Whether the writes stay within the limits. One that makes a full store no fuller may pass.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let Limits { max_records, max_bytes, .. } = *self.limits;
        if self.new_records > max_records && self.new_records > self.records {
            return Err(StoreError::Full { max_records });
        }
        if self.new_bytes > max_bytes && self.new_bytes > self.bytes {
            return Err(StoreError::FullOfBytes { needed: self.new_bytes - self.bytes, max_bytes });
        }
        Ok(())
    }
}

pub(super) fn check_value_len(len: usize, limits: &Limits) -> Result<(), StoreError> {
    if len > limits.max_value_bytes {
        return Err(StoreError::ValueTooLarge { len, max_bytes: limits.max_value_bytes });
    }
    Ok(())
}
