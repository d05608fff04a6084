use std::collections::HashMap;

use libp2p::kad::RecordKey;

use super::{
    Inner, NetabaseStore,
    error::StoreError,
    limits::Limits,
    schemas::SchemaId,
    state::RecordState,
    table::{Stored, with_state},
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
        inner.check_room(self.limits(), [(&write.key, write.value_len())])?;
        let old = inner.table.get(&write.key).filter(|old| old.is_visible());
        let had = old.is_some_and(|old| {
            replaced.clear();
            replaced.extend_from_slice(old.value);
            true
        });
        inner.write_local(write, wall);
        Ok(had)
    }

    /// Stores all of the values, or none.
    pub(crate) fn put_local_batch(&self, writes: Vec<LocalWrite>) -> Result<(), StoreError> {
        for write in &writes {
            check_value_len(write.value_len(), self.limits())?;
        }
        let wall = self.wall();
        let mut inner = self.shared.inner.write();
        let sizes = writes.iter().map(|write| (&write.key, write.value_len()));
        inner.check_room(self.limits(), sizes)?;
        for write in writes {
            inner.write_local(write, wall);
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
        let stored = inner.table.get(key).map(Stored::timestamp);
        inner.next_timestamp(wall, stored)
    }

    pub(super) fn wall(&self) -> Timestamp {
        Timestamp::from_millis(self.shared.clock.now().unix_ms)
    }
}

impl Inner {
    /// Whether writes of these keys and value lengths would stay within the limits.
    ///
    /// A write that makes a full store no fuller is allowed.
    pub(super) fn check_room<'a>(
        &self,
        limits: &Limits,
        writes: impl IntoIterator<Item = (&'a RecordKey, usize)>,
    ) -> Result<(), StoreError> {
        let (records, bytes) = (self.table.len(), self.table.bytes());
        let (mut new_records, mut new_bytes) = (records, bytes);
        let mut writes = writes.into_iter().peekable();
        // Remembers keys that one batch writes twice; a single write needs no map.
        let mut seen: HashMap<&RecordKey, usize> = HashMap::new();
        while let Some((key, len)) = writes.next() {
            let earlier = seen.get(key).copied();
            match earlier.or_else(|| self.table.get(key).map(|old| old.value.len())) {
                Some(old) => new_bytes = new_bytes - old + len,
                None => {
                    new_records += 1;
                    new_bytes += key.as_ref().len() + len;
                }
            }
            if writes.peek().is_some() || !seen.is_empty() {
                seen.insert(key, len);
            }
        }
        if new_records > limits.max_records && new_records > records {
            return Err(StoreError::Full { max_records: limits.max_records });
        }
        if new_bytes > limits.max_bytes && new_bytes > bytes {
            let needed = new_bytes - bytes;
            return Err(StoreError::FullOfBytes { needed, max_bytes: limits.max_bytes });
        }
        Ok(())
    }

    fn write_local(&mut self, write: LocalWrite, wall: Timestamp) {
        let LocalWrite { schema, key, mut value } = write;
        let old = self.table.get(&key);
        let state =
            old.map_or(RecordState::LOCAL_WRITE, |old| old.state.union(RecordState::LOCAL_WRITE));
        let stored = old.map(Stored::timestamp);
        let timestamp = self.next_timestamp(wall, stored);
        restamp(&mut value, timestamp);
        *value.last_mut().expect("a stored value ends with its state") = state.to_byte();
        self.store(schema, key, value);
    }

    fn remove_local(&mut self, schema: SchemaId, key: &RecordKey, wall: Timestamp) -> bool {
        let Some(old) = self.table.get(key).filter(|old| old.is_visible()) else {
            return false;
        };
        let (state, stored) = (old.state, old.timestamp());
        match state {
            // Other peers may hold copies: only a newer tombstone deletes those.
            RecordState { own: true, served: true, .. } => {
                let timestamp = self.next_timestamp(wall, Some(stored));
                let mut value = Vec::new();
                write_tombstone(self.schemas.get(schema).version, timestamp, &mut value);
                self.store(schema, key.clone(), with_state(&value, state));
            }
            // Somebody else's record: databases forget it, Kademlia does not.
            RecordState { own: false, served: true, .. } => {
                self.set_state(schema, key, RecordState { wanted: false, ..state });
            }
            RecordState { served: false, .. } => self.drop_record(schema, key),
        }
        true
    }

    /// Later than the wall clock, than all that was issued here, and than what is stored.
    fn next_timestamp(&mut self, wall: Timestamp, stored: Option<Timestamp>) -> Timestamp {
        let after_stored = stored.map_or(wall, Timestamp::next);
        self.last_issued = wall.max(self.last_issued.next()).max(after_stored);
        self.last_issued
    }

    // The only four ways to change the table: they keep the schemas' counts.

    pub(super) fn store(&mut self, schema: SchemaId, key: RecordKey, value: Vec<u8>) {
        let was = self.table.get(&key).is_some_and(Stored::is_visible);
        let is = Stored::from_bytes(&value).is_visible();
        self.table.insert(key, value);
        self.count(schema, was, is);
    }

    pub(super) fn set_state(&mut self, schema: SchemaId, key: &RecordKey, state: RecordState) {
        let was = self.table.get(key).is_some_and(Stored::is_visible);
        self.table.set_state(key, state);
        let is = self.table.get(key).is_some_and(Stored::is_visible);
        self.count(schema, was, is);
    }

    pub(super) fn drop_record(&mut self, schema: SchemaId, key: &RecordKey) {
        let was = self.table.get(key).is_some_and(Stored::is_visible);
        self.table.remove(key);
        self.count(schema, was, false);
    }

    fn count(&mut self, schema: SchemaId, was: bool, is: bool) {
        let visible = &mut self.schemas.get_mut(schema).visible;
        match (was, is) {
            (false, true) => *visible += 1,
            (true, false) => *visible -= 1,
            _ => {}
        }
    }
}

pub(super) fn check_value_len(len: usize, limits: &Limits) -> Result<(), StoreError> {
    if len > limits.max_value_bytes {
        return Err(StoreError::ValueTooLarge { len, max_bytes: limits.max_value_bytes });
    }
    Ok(())
}
