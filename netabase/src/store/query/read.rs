//! Reads of single records, and counts.

use libp2p::kad::RecordKey;

use super::View;
use crate::store::{
    NetabaseStore,
    clock::Moment,
    engine::{Layout, LookupKey, RowRef, SchemaId},
};

impl NetabaseStore {
    /// Returns how many records the local peer's database of this schema shows.
    pub(crate) fn visible_count(&self, schema: SchemaId) -> usize {
        self.sweep_shown(&self.now());
        self.shared.inner.read().engine.local_visible(schema)
    }

    /// Copies the value of a record that a view shows into `out`. False if there is none.
    pub(crate) fn read(&self, key: &RecordKey, view: View, out: &mut Vec<u8>) -> bool {
        let inner = self.shared.inner.read();
        let Some(row) = inner.engine.get(key).filter(|row| view.shows(*row)) else {
            return false;
        };
        out.clear();
        out.extend_from_slice(row.value);
        let life = row.life();
        // The clock may be code of the user.
        drop(inner);
        !life.has_end() || !life.is_over(&self.now())
    }

    /// Reads as [`read`](Self::read), the first record with this key, the owner before it, in an index.
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
            let Layout { prefix, owner_len, .. } = inner.engine.layout(schema);
            let owner = &key[..*owner_len];
            for own_key in inner.engine.indexes(schema).tree(index).holders(key) {
                let key = LookupKey::Parts(prefix, [owner, own_key]);
                let Some(row) = inner.engine.get(key) else { continue };
                match now {
                    None if row.life().has_end() => return None,
                    Some(now) if row.is_expired(now) => {}
                    _ => {
                        out.clear();
                        out.extend_from_slice(row.value);
                        return Some(true);
                    }
                }
            }
            Some(false)
        };
        in_time(None, out).or_else(|| in_time(Some(&self.now()), out)).unwrap_or(false)
    }

    /// Returns whether a view shows a record.
    pub(crate) fn contains(&self, key: &RecordKey, view: View) -> bool {
        let inner = self.shared.inner.read();
        let row = inner.engine.get(key).filter(|row| view.shows(*row));
        let Some(life) = row.map(RowRef::life) else { return false };
        drop(inner);
        !life.has_end() || !life.is_over(&self.now())
    }
}
