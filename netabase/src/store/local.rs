use std::{collections::HashMap, time::Duration};

use libp2p::kad::RecordKey;

use super::{
    NetabaseStore,
    changes::ChangeOrigin,
    clock::Moment,
    commit::{LocalWrite, Pending, Refused},
    encoded::{Standing, Stored},
    error::StoreError,
    inner::Inner,
    page::View,
    schemas::{Schema, SchemaId},
};

impl NetabaseStore {
    /// How many records the local peer's database of this schema shows.
    pub(crate) fn visible_count(&self, schema: SchemaId) -> usize {
        self.sweep_all(&self.now());
        self.shared.inner.read().schemas.get(schema).local_visible
    }

    /// When a value of this lifetime that is written now ends.
    pub(crate) fn end_of(&self, lifetime: Duration) -> u64 {
        self.now().end_of(lifetime)
    }

    /// Copies the value of a record that a view shows into `out`. False if there is none.
    pub(crate) fn read(&self, key: &RecordKey, view: View, out: &mut Vec<u8>) -> bool {
        let inner = self.shared.inner.read();
        let Some(stored) = inner.table.get(key).filter(|stored| view.shows(*stored)) else {
            return false;
        };
        out.clear();
        out.extend_from_slice(stored.value);
        let life = stored.life();
        // The clock may be code of the user.
        drop(inner);
        !life.has_end() || !life.is_over(&self.now())
    }

    /// As [`read`](Self::read), of the first record with this key, the owner before it, in an index.
    pub(crate) fn read_by_index(
        &self,
        schema: SchemaId,
        index: usize,
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> bool {
        // The clock may be code of the user, and is read before the lock is taken; most records need none.
        let in_time = |now: Option<&Moment>, out: &mut Vec<u8>| {
            let inner = self.shared.inner.read();
            let Schema { prefix, indexes, owner_len, .. } = inner.schemas.get(schema);
            let owner = &key[..*owner_len];
            for own_key in indexes.tree(index).holders(key) {
                let key = RecordKey::from([prefix, owner, own_key].concat());
                let Some(stored) = inner.table.get(&key) else { continue };
                match now {
                    None if stored.life().has_end() => return None,
                    Some(now) if stored.is_expired(now) => {}
                    _ => {
                        out.clear();
                        out.extend_from_slice(stored.value);
                        return Some(true);
                    }
                }
            }
            Some(false)
        };
        in_time(None, out).or_else(|| in_time(Some(&self.now()), out)).unwrap_or(false)
    }

    pub(crate) fn contains(&self, key: &RecordKey, view: View) -> bool {
        let inner = self.shared.inner.read();
        let stored = inner.table.get(key).filter(|stored| view.shows(*stored));
        let Some(life) = stored.map(Stored::life) else { return false };
        drop(inner);
        !life.has_end() || !life.is_over(&self.now())
    }

    /// Stores a value, copying the one it replaces into `replaced`. False if there was none.
    pub(crate) fn put_local(
        &self,
        write: LocalWrite,
        replaced: &mut Vec<u8>,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let mut inner = self.write_at(ChangeOrigin::Local, &now);
        let stored = inner.table.get(&write.key).filter(|stored| !stored.is_expired(&now));
        let old = if let Some(stored) = stored {
            replaced.clear();
            replaced.extend_from_slice(stored.value);
            Some(stored.replaced())
        } else {
            inner.replaced(&write.key, &now)
        };
        let pending = Pending { write, old };
        let had = pending.old.as_ref().is_some_and(|old| old.visible);
        let checked = inner.check(std::slice::from_ref(&pending), &now);
        let Err(refused) = checked else {
            inner.apply_one(pending, &self.shared.author, &now);
            return Ok(had);
        };
        // The error's text is made by code of the user.
        drop(inner);
        if self.frees_room(&refused, &now) {
            return self.put_local(pending.write, replaced);
        }
        Err(refused.into())
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
        let mut writes = last_of_each_key(writes);
        loop {
            let now = self.now();
            if writes.is_empty() {
                return Ok(self.shared.inner.read().shows(reads, &now));
            }
            let mut inner = self.write_at(ChangeOrigin::Local, &now);
            if !inner.shows(reads, &now) {
                return Ok(false);
            }
            let pending =
                |write: LocalWrite| Pending { old: inner.replaced(&write.key, &now), write };
            let pending: Vec<_> = writes.into_iter().map(pending).collect();
            let Err(refused) = inner.check(&pending, &now) else {
                for pending in pending {
                    inner.apply_one(pending, &self.shared.author, &now);
                }
                return Ok(true);
            };
            drop(inner);
            if !self.frees_room(&refused, &now) {
                return Err(refused.into());
            }
            writes = pending.into_iter().map(|pending| pending.write).collect();
        }
    }

    /// Whether a write that was refused for want of room may be tried again: all that had expired is
    /// gone now, and something had.
    fn frees_room(&self, refused: &Refused, now: &Moment) -> bool {
        let wants_room = matches!(
            refused,
            Refused::Store(StoreError::Full { .. } | StoreError::FullOfBytes { .. })
        );
        wants_room && self.sweep_all(now).records > 0
    }

    /// Removes records that databases show; says how many there were.
    pub(crate) fn remove_local<'a>(
        &self,
        schema: SchemaId,
        keys: impl IntoIterator<Item = &'a RecordKey>,
    ) -> usize {
        let now = self.now();
        let mut inner = self.write_at(ChangeOrigin::Local, &now);
        let mut removed = 0;
        for key in keys {
            if let Some(old) = inner.replaced(key, &now).filter(|old| old.visible) {
                inner.remove(schema, key, &old, &self.shared.author, &now);
                removed += 1;
            }
        }
        removed
    }

    /// Sets, or lifts, the end of life of a value that the application wrote. False if there is none.
    pub(crate) fn set_end(&self, schema: SchemaId, key: &RecordKey, ttl: Option<Duration>) -> bool {
        let now = self.now();
        let mut inner = self.write_at(ChangeOrigin::Local, &now);
        let old = inner.replaced(key, &now);
        let Some(old) = old.filter(|old| old.visible && old.state().own) else { return false };
        let ends = ttl.map(|ttl| now.end_of(ttl));
        let standing = Standing { ends, ..old.standing };
        let renewable = standing.is_renewable(old.header.not_after, &now);
        inner.set_standing(schema, key, Standing { renewable, ..standing });
        true
    }
}

impl Inner {
    /// Whether databases show exactly these values.
    fn shows(&self, values: &HashMap<RecordKey, Option<Vec<u8>>>, now: &Moment) -> bool {
        values.iter().all(|(key, value)| {
            let stored = self.table.get(key);
            let stored = stored.filter(|stored| stored.is_visible() && !stored.is_expired(now));
            stored.map(|stored| stored.value) == value.as_deref()
        })
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
