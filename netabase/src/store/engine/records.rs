//! The records themselves, in libp2p's `MemoryStore`. Nothing else in the crate touches one.
//!
//! Its map needs a `RecordKey` for each look-up, and this module makes it where a key comes in parts; the rest of the
//! store asks as it would ask any other way to keep records.
//!
//! Nobody but this module ever sees a value with what [stands behind it](super::row).

use std::{borrow::Cow, hint::black_box};

use libp2p::{
    PeerId,
    kad::{
        Record,
        store::{MemoryStore, MemoryStoreConfig, RecordStore},
    },
};
use smallvec::SmallVec;

use super::{
    lookup::LookupKey,
    row::{Row, RowRef, Volatile},
};

/// So many records are best looked up at a time: as many as a core can wait for.
pub(in crate::store) const BATCH: usize = 16;

const CACHE_LINE: usize = 64;

/// What follows in longer values, the core fetches by itself.
const FETCHED: usize = 8 * CACHE_LINE;

/// All records, in no order.
pub(super) struct Records {
    store: MemoryStore,
    len: usize,
}

impl Records {
    pub(super) fn new(peer_id: PeerId) -> Self {
        // Ours are checked before, with better errors; kad's count what stands behind a value, too.
        let config = MemoryStoreConfig {
            max_records: usize::MAX,
            max_value_bytes: usize::MAX,
            max_providers_per_key: 0,
            max_provided_keys: 0,
        };
        Self { store: MemoryStore::with_config(peer_id, config), len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn get(&self, key: LookupKey<'_>) -> Option<RowRef<'_>> {
        self.record(key).map(RowRef::of)
    }

    #[inline]
    fn record(&self, key: LookupKey<'_>) -> Option<&Record> {
        match key {
            LookupKey::Whole(key) => lent(&self.store.get(key)?),
            parts @ LookupKey::Parts(..) => lent(&self.store.get(&parts.to_key())?),
        }
    }

    /// Returns those of some records that are there, in their order.
    ///
    /// Read one by one, each would wait for memory several times, and the next with it. Here they wait together:
    /// first all are found, and all their values fetched (or only what tells whether to show one), before one is
    /// looked at.
    pub(super) fn get_each<'a>(
        &'a self,
        keys: &[LookupKey<'_>],
        values: bool,
    ) -> impl Iterator<Item = Option<RowRef<'a>>> + use<'a> {
        // Made before: if each were allocated and freed beside its look-up, the core could not begin the next one
        // while this waits for memory.
        let keys: SmallVec<[_; BATCH]> = keys.iter().map(|key| key.to_key()).collect();
        let records = keys.iter().map(|key| lent(&self.store.get(key)?));
        let records: SmallVec<[Option<&Record>; BATCH]> = records.collect();
        for record in records.iter().flatten() {
            fetch(&record.value, if values { FETCHED } else { CACHE_LINE });
        }
        records.into_iter().map(|record| record.map(RowRef::of))
    }

    /// Returns all records, as fast as the `MemoryStore` yields them.
    pub(super) fn iter(&self) -> impl Iterator<Item = RowRef<'_>> {
        self.store.records().filter_map(|record| lent(&record)).map(RowRef::of)
    }

    /// Stores a row under a key that has one if `is_known`.
    pub(super) fn insert(
        &mut self,
        key: LookupKey<'_>,
        row: Row,
        volatile: Volatile,
        is_known: bool,
    ) {
        self.len += usize::from(!is_known);
        let (key, value) = (key.to_key().into_owned(), row.into_bytes(volatile));
        let record = Record { key, value, publisher: None, expires: None };
        self.store.put(record).expect("the MemoryStore was given no limits");
    }

    /// Removes the row of a key that has one.
    pub(super) fn remove(&mut self, key: LookupKey<'_>) {
        self.store.remove(&key.to_key());
        self.len -= 1;
    }
}

/// Returns what a `MemoryStore` lends; it never gives copies.
fn lent<'a>(record: &Cow<'a, Record>) -> Option<&'a Record> {
    match record {
        Cow::Borrowed(record) => Some(record),
        Cow::Owned(_) => None,
    }
}

/// Prefetches so many of the first bytes, and the last.
fn fetch(bytes: &[u8], first: usize) {
    // What is read first stands at the end.
    let lines = bytes.iter().take(first).step_by(CACHE_LINE).chain(bytes.last());
    black_box(lines.fold(0, |seen, byte| seen ^ byte));
}
