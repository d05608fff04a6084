use std::collections::{HashMap, HashSet};

use libp2p::kad::RecordKey;

use super::{
    author::Author,
    clock::Moment,
    encoded::{Encoded, Replaced, Standing, Stored},
    error::StoreError,
    inner::Inner,
    lease::check_ahead,
    schemas::SchemaId,
    state::RecordState,
    usage::Usage,
};
use crate::{
    record::{key_bytes, owner_prefix_len, restamp, signed_len, split_schema, write_tombstone},
    schema::{Access, IndexInfo, Timestamp},
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
        let standing = Standing { state, ends, ..Standing::default() };
        let value = Some(Encoded::new(value, entries, standing));
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
}

impl Pending {
    /// Whether peers will be served the value. Only what the application published stays served: a peer
    /// that was here first with a record of this key must not make the application's own value public.
    fn stays_served(&self) -> bool {
        let published = |old: &Replaced| old.state().own && old.state().served && !old.is_removed();
        !self.write.anew && self.old.as_ref().is_some_and(published)
    }
}

impl Inner {
    /// Whether these writes, each of another key, stay within the limits and the unique indexes.
    pub(super) fn check(&self, writes: &[Pending], now: &Moment) -> Result<(), Refused> {
        let mut room = Room::new(self);
        for pending in writes {
            let Pending { write, old } = pending;
            let Some(value) = &write.value else {
                room.remove(old.as_ref());
                continue;
            };
            let access = self.schemas.get(write.schema).access;
            self.check_value_len(access, value.value_len())?;
            if pending.stays_served() {
                let value_len = signed_len(access, value.value_len());
                self.check_served_len(write.key.as_ref().len() + value_len)?;
            }
            let signature = if pending.stays_served() { signed_len(access, 0) } else { 0 };
            room.put(value.weight(&write.key) + signature, old.as_ref());
        }
        room.check()?;
        self.check_unique(writes, now)
    }

    /// Whether a value without signature may be so long. The one it may get counts.
    pub(super) fn check_value_len(&self, access: Access, len: usize) -> Result<(), StoreError> {
        let (len, max_bytes) = (signed_len(access, len), self.limits.max_value_bytes);
        if len > max_bytes { Err(StoreError::ValueTooLarge { len, max_bytes }) } else { Ok(()) }
    }

    /// Checks that the own budget has room for a record of so many bytes in place of a live one; what has
    /// expired goes if there is none.
    pub(super) fn make_own_room(
        &mut self,
        bytes: usize,
        old: Option<&Replaced>,
        now: &Moment,
    ) -> Result<(), StoreError> {
        loop {
            let mut room = Room::new(self);
            room.put(bytes, old);
            match room.check() {
                Err(_) if self.sweep(now, 1).records > 0 => {}
                result => return result,
            }
        }
    }

    fn check_unique(&self, writes: &[Pending], now: &Moment) -> Result<(), Refused> {
        let mut claims: HashMap<(SchemaId, &str, &[u8]), &RecordKey> = HashMap::new();
        let mut written: HashSet<&RecordKey> = HashSet::new();
        if writes.len() > 1 {
            written.extend(writes.iter().map(|pending| &pending.write.key));
        }
        for Pending { write, .. } in writes {
            let Some(value) = &write.value else { continue };
            let (shared, rest) = split_schema(write.key.as_ref());
            let schema = self.schemas.get(write.schema);
            let (owner, own) = rest.split_at(owner_prefix_len(schema.access));
            for (tree, value) in schema.indexes.unique(value.entries()) {
                // Whoever is written, too, claims again what it keeps. What has expired claims nothing.
                let stands = |holder: &&[u8]| {
                    if *holder == own {
                        return false;
                    }
                    let holder = RecordKey::from([shared, owner, *holder].concat());
                    let expired = |stored: Stored<'_>| stored.is_expired(now);
                    !written.contains(&holder) && !self.table.get(&holder).is_some_and(expired)
                };
                let mine;
                let key = if owner.is_empty() {
                    value
                } else {
                    mine = [owner, value].concat();
                    &mine
                };
                let holder = tree.holders(key).find(stands);
                let claim = (write.schema, tree.info.name, value);
                let claimant =
                    (writes.len() > 1).then(|| claims.insert(claim, &write.key)).flatten();
                let claimant =
                    claimant.map(|key| key_bytes(schema.access, split_schema(key.as_ref()).1));
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
            holder: holder.to_vec(),
            describe_holder: schema.describe_key,
        }
    }

    /// Applies a write that was checked: nothing here can fail.
    pub(super) fn apply_one(&mut self, pending: Pending, author: &Author, now: &Moment) {
        let served = pending.stays_served();
        let Pending { write: LocalWrite { schema, key, value, .. }, old } = pending;
        let Some(mut value) = value else {
            if let Some(old) = old.filter(|old| old.visible) {
                self.remove(schema, &key, &old, author, now);
            }
            return;
        };
        let stored = old.as_ref().map(|old| old.header.timestamp);
        restamp(value.value_mut(), self.next_timestamp(now, stored));
        if served {
            value = self.sealed(schema, &key, &value, author, now);
        } else if old.as_ref().is_some_and(|old| old.standing.shared) {
            let standing = Standing { shared: true, ..value.standing() };
            value = Encoded::new(value.value(), value.entries(), standing);
        }
        self.store(schema, key, value, None, old.as_ref());
    }

    /// An own value as peers are served it: with a lease from now on, and signed if its schema is owned.
    pub(super) fn sealed(
        &self,
        schema: SchemaId,
        key: &RecordKey,
        unsigned: &Encoded,
        author: &Author,
        now: &Moment,
    ) -> Encoded {
        let mut value = unsigned.value().to_vec();
        let Standing { state, ends, opaque, .. } = unsigned.standing();
        let access = self.schemas.get(schema).access;
        let renewable = author.seal(access, key, &mut value, ends, now);
        let state = RecordState { served: true, ..state };
        let standing = Standing { state, ends, shared: true, renewable, opaque };
        Encoded::new(&value, unsigned.entries(), standing)
    }

    pub(super) fn remove(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        old: &Replaced,
        author: &Author,
        now: &Moment,
    ) {
        let state = old.state();
        if state.own && old.standing.shared {
            // Other peers may hold copies: only a newer tombstone deletes those.
            let timestamp = self.next_timestamp(now, Some(old.header.timestamp));
            let state = RecordState { wanted: false, ..state };
            let value = self.sealed_tombstone(schema, key, timestamp, state, author, now);
            self.store(schema, key.clone(), value, None, Some(old));
        } else if state.served {
            // Somebody else's record: databases forget it, Kademlia does not.
            let state = RecordState { wanted: false, ..state };
            self.set_standing(schema, key, Standing { state, ..old.standing });
        } else {
            self.drop_record(old);
        }
    }

    /// What deletes a record, as peers are served it.
    pub(super) fn sealed_tombstone(
        &self,
        schema: SchemaId,
        key: &RecordKey,
        timestamp: Timestamp,
        state: RecordState,
        author: &Author,
        now: &Moment,
    ) -> Encoded {
        let mut value = Vec::new();
        write_tombstone(self.schemas.get(schema).version, timestamp, &mut value);
        let value = Encoded::new(&value, &[], Standing { state, ..Standing::default() });
        self.sealed(schema, key, &value, author, now)
    }

    /// Later than the wall clock, than all that was issued here, and than what is stored.
    ///
    /// What is stored may come from a peer whose clock is ahead. It moves no other key's timestamps, or
    /// one peer could drag everybody along.
    ///
    /// Only if the wall clock was set back so far that other peers would refuse what comes next, it goes back,
    /// too; the timestamps of one key grow even then.
    pub(super) fn next_timestamp(&mut self, now: &Moment, stored: Option<Timestamp>) -> Timestamp {
        let wall = now.timestamp();
        let next = self.last_issued.next();
        let is_ahead = check_ahead(next, now.unix_ms()).is_err();
        self.last_issued = if is_ahead { wall } else { wall.max(next) };
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

/// What the application's records would take after some writes.
struct Room<'a> {
    inner: &'a Inner,
    after: Usage,
}

impl<'a> Room<'a> {
    fn new(inner: &'a Inner) -> Self {
        Self { inner, after: inner.usages.own }
    }

    /// Adds a record of so many bytes in place of another. A foreign one took nothing of this budget.
    fn put(&mut self, weight: usize, old: Option<&Replaced>) {
        if let Some(old) = old.filter(|old| old.state().own) {
            self.after.subtract(Usage::one(old.weight));
        }
        self.after.add(Usage::one(weight));
    }

    /// Takes a record away, unless peers may hold copies: then a tombstone stays, which is hardly larger, and
    /// no removal is refused.
    fn remove(&mut self, old: Option<&Replaced>) {
        let is_dropped = |old: &&Replaced| old.visible && old.state().own && !old.standing.shared;
        if let Some(old) = old.filter(is_dropped) {
            self.after.subtract(Usage::one(old.weight));
        }
    }

    /// Whether the writes stay within the limits. One that makes a full store no fuller may pass.
    fn check(&self) -> Result<(), StoreError> {
        let (before, after, limits) = (self.inner.usages.own, self.after, &self.inner.limits);
        let (max_records, max_bytes) = (limits.max_records, limits.max_bytes);
        if after.records > max_records && after.records > before.records {
            return Err(StoreError::Full { max_records });
        }
        if after.bytes > max_bytes && after.bytes > before.bytes {
            let needed = after.bytes - before.bytes;
            return Err(StoreError::FullOfBytes { needed, max_bytes });
        }
        Ok(())
    }
}
