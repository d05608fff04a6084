use std::collections::{HashMap, HashSet};

use libp2p::kad::RecordKey;

use super::{
    Inner,
    error::StoreError,
    limits::Limits,
    schemas::SchemaId,
    state::RecordState,
    table::{Encoded, Replaced},
};
use crate::{
    record::{key_bytes, restamp, split_schema, write_tombstone},
    schema::{IndexInfo, Timestamp},
};

/// A write of the application: a value whose timestamp is yet to be set, or a removal.
pub(crate) struct LocalWrite {
    pub(super) schema: SchemaId,
    pub(super) key: RecordKey,
    pub(super) value: Option<Encoded>,
    /// Whether the same commit removes the key before: then it is private again.
    pub(super) anew: bool,
}

/// A write, and what it replaces.
pub(super) struct Pending {
    pub(super) write: LocalWrite,
    pub(super) old: Option<Replaced>,
}

/// Why a commit was refused. What the user is told is made of it when the lock is gone.
pub(super) enum Refused {
    Store(StoreError),
    Collision(Collision),
}

/// A value of a unique index that another record has.
pub(super) struct Collision {
    schema: &'static str,
    index: &'static str,
    value: Vec<u8>,
    describe_value: fn(&[u8]) -> String,
    holder: Vec<u8>,
    describe_holder: fn(&[u8]) -> String,
}

impl LocalWrite {
    /// Copies an encoded key, value and index entries out of the buffers they were written to.
    pub(crate) fn put(schema: SchemaId, key: &[u8], value: &[u8], entries: &[u8]) -> Self {
        let value = Some(Encoded::new(value, entries, RecordState::LOCAL_WRITE));
        Self { schema, key: RecordKey::new(&key), value, anew: false }
    }

    pub(crate) fn remove(schema: SchemaId, key: RecordKey) -> Self {
        Self { schema, key, value: None, anew: false }
    }

    pub(crate) fn key(&self) -> &RecordKey {
        &self.key
    }

    /// The value to be stored; `None` if the write is a removal.
    pub(crate) fn value(&self) -> Option<&[u8]> {
        self.value.as_ref().map(Encoded::value)
    }

    pub(super) fn value_len(&self) -> usize {
        self.value.as_ref().map_or(0, Encoded::value_len)
    }
}

impl Inner {
    /// Whether these writes, each of another key, stay within the limits and the unique indexes.
    pub(super) fn check(&self, limits: &Limits, writes: &[Pending]) -> Result<(), Refused> {
        let mut room = Room::new(self, limits);
        for Pending { write, old } in writes {
            match &write.value {
                Some(value) => room.put(value.weight(&write.key), old.as_ref()),
                None => room.remove(old.as_ref()),
            }
        }
        room.check()?;
        self.check_unique(writes)
    }

    fn check_unique(&self, writes: &[Pending]) -> Result<(), Refused> {
        let mut claims: HashMap<(SchemaId, &str, &[u8]), &RecordKey> = HashMap::new();
        let mut written: HashSet<&RecordKey> = HashSet::new();
        if writes.len() > 1 {
            written.extend(writes.iter().map(|pending| &pending.write.key));
        }
        for Pending { write, .. } in writes {
            let Some(value) = &write.value else { continue };
            let (shared, own) = split_schema(write.key.as_ref());
            for (tree, value) in self.schemas.get(write.schema).indexes.unique(value.entries()) {
                // Whoever is written, too, claims again what it keeps.
                let stands = |holder: &&[u8]| {
                    *holder != own
                        && (written.is_empty()
                            || !written.contains(&RecordKey::from([shared, *holder].concat())))
                };
                let holder = tree.holders(value).find(stands);
                let claim = (write.schema, tree.info.name, value);
                let claimant =
                    (writes.len() > 1).then(|| claims.insert(claim, &write.key)).flatten();
                let claimant = claimant.map(|key| split_schema(key.as_ref()).1);
                if let Some(holder) = holder.or(claimant) {
                    let collision = self.collision(write.schema, tree.info, value, holder);
                    return Err(Refused::Collision(collision));
                }
            }
        }
        Ok(())
    }

    fn collision(
        &self,
        schema: SchemaId,
        index: IndexInfo,
        value: &[u8],
        holder: &[u8],
    ) -> Collision {
        let schema = self.schemas.get(schema);
        Collision {
            schema: schema.name,
            index: index.name,
            value: value.to_vec(),
            describe_value: index.describe,
            holder: key_bytes(schema.access, holder).to_vec(),
            describe_holder: schema.describe_key,
        }
    }

    /// Applies a write that was checked: nothing here can fail.
    pub(super) fn apply_one(&mut self, Pending { write, old }: Pending, wall: Timestamp) {
        let LocalWrite { schema, key, value, anew } = write;
        let Some(mut value) = value else {
            if let Some(old) = old.filter(|old| old.visible) {
                self.remove(schema, &key, &old, wall);
            }
            return;
        };
        let timestamp = self.next_timestamp(wall, old.as_ref().map(|old| old.timestamp));
        restamp(value.value_mut(), timestamp);
        // Only what the application published stays served: a peer that was here first with a record
        // of this key must not make the application's own value public.
        let served = !anew && old.as_ref().is_some_and(|old| old.state.own && old.state.served);
        value.set_state(RecordState { served, ..RecordState::LOCAL_WRITE });
        self.store(schema, key, value, old.as_ref());
    }

    pub(super) fn remove(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        old: &Replaced,
        wall: Timestamp,
    ) {
        match old.state {
            // Other peers may hold copies: only a newer tombstone deletes those.
            RecordState { own: true, served: true, .. } => {
                let timestamp = self.next_timestamp(wall, Some(old.timestamp));
                let mut value = Vec::new();
                write_tombstone(self.schemas.get(schema).version, timestamp, &mut value);
                let state = RecordState { own: false, wanted: false, served: true };
                let value = Encoded::new(&value, &[], state);
                self.store(schema, key.clone(), value, Some(old));
            }
            // Somebody else's record: databases forget it, Kademlia does not.
            RecordState { own: false, served: true, .. } => {
                self.set_state(schema, key, RecordState { wanted: false, ..old.state });
            }
            RecordState { served: false, .. } => self.drop_record(schema, key, old),
        }
    }

    /// Later than the wall clock, than all that was issued here, and than what is stored.
    ///
    /// What is stored may come from a peer whose clock is ahead. It moves no other key's timestamps, or
    /// one peer could drag everybody along.
    pub(super) fn next_timestamp(
        &mut self,
        wall: Timestamp,
        stored: Option<Timestamp>,
    ) -> Timestamp {
        self.last_issued = wall.max(self.last_issued.next());
        self.last_issued.max(stored.map_or(wall, Timestamp::next))
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refused> for StoreError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(error) => error,
            Refused::Collision(collision) => Self::NotUnique {
                schema: collision.schema,
                index: collision.index,
                value: (collision.describe_value)(&collision.value),
                holder: (collision.describe_holder)(&collision.holder),
            },
        }
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

    /// Adds a record of so many bytes in place of another.
    pub(super) fn put(&mut self, weight: usize, old: Option<&Replaced>) {
        self.new_records += usize::from(old.is_none());
        self.new_bytes = self.new_bytes + weight - old.map_or(0, |old| old.weight);
    }

    /// Takes a record away, unless peers are served it: then it stays in some form.
    fn remove(&mut self, old: Option<&Replaced>) {
        if let Some(old) = old.filter(|old| old.visible && !old.state.served) {
            self.new_records -= 1;
            self.new_bytes -= old.weight;
        }
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
