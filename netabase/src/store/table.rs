use std::{borrow::Cow, hint::black_box};

use libp2p::{
    PeerId,
    kad::{
        ProviderRecord, Record, RecordKey,
        store::{Error as KadError, MemoryStore, MemoryStoreConfig, RecordStore},
    },
};
use smallvec::SmallVec;

use super::{
    bounds::{Bounds, Direction},
    encoded::{Encoded, Replaced, Stored},
    order::{Order, Whose},
};

/// So many records are best looked up at a time: as many as a core can wait for.
pub(super) const BATCH: usize = 16;

const CACHE_LINE: usize = 64;

/// What follows in longer values, the core fetches by itself.
const FETCHED: usize = 8 * CACHE_LINE;

/// A `MemoryStore` and the order of its keys: two that always agree.
///
/// Nobody but this module ever sees a value with what [stands behind it](super::encoded).
pub(super) struct Table {
    records: MemoryStore,
    order: Order,
    len: usize,
}

impl Table {
    pub(super) fn new(peer_id: PeerId) -> Self {
        // Ours are checked before, with better errors; kad's count what stands behind a value, too.
        let config = MemoryStoreConfig {
            max_records: usize::MAX,
            max_value_bytes: usize::MAX,
            max_providers_per_key: usize::MAX,
            max_provided_keys: usize::MAX,
        };
        let records = MemoryStore::with_config(peer_id, config);
        Self { records, order: Order::default(), len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: &RecordKey) -> Option<Stored<'_>> {
        self.records.get(key).as_ref().and_then(Stored::lent)
    }

    /// The records of some keys that are there, in their order.
    ///
    /// Read one by one, each would wait for memory several times, and the next with it. Here they wait together:
    /// first all are found, and all their values fetched (or only what tells whether to show one), before one is
    /// looked at.
    pub(super) fn get_each<'a>(
        &'a self,
        keys: &[RecordKey],
        values: bool,
    ) -> impl Iterator<Item = Stored<'a>> + use<'a> {
        let records = keys.iter().map(|key| match self.records.get(key) {
            Some(Cow::Borrowed(record)) => record,
            _ => unreachable!("every ordered key has a record, and the MemoryStore lends it"),
        });
        let records: SmallVec<[&Record; BATCH]> = records.collect();
        for record in &records {
            fetch(&record.value, if values { FETCHED } else { CACHE_LINE });
        }
        records.into_iter().map(Stored::of)
    }

    /// Stores a value in place of what `get` found for its key. Limits are checked by the caller.
    pub(super) fn insert(&mut self, key: RecordKey, value: Encoded, replaced: Option<&Replaced>) {
        let place = value.place();
        let key = if let Some(old) = replaced {
            let before = old.place();
            if before != place {
                self.order.remove(key.as_ref(), before);
                self.order.insert(key.as_ref(), place);
            }
            old.key.clone()
        } else {
            self.order.insert(key.as_ref(), place);
            self.len += 1;
            key
        };
        let record = Record { key, value: value.into_bytes(), publisher: None, expires: None };
        self.records.put(record).expect("the MemoryStore was given no limits");
    }

    /// What removing a foreign record will need beside the record itself.
    pub(super) fn read_ahead(&self, slot: u32) -> Option<impl Copy> {
        self.order.read_ahead(slot)
    }

    /// Removes a record that `get` found.
    pub(super) fn remove(&mut self, removed: &Replaced) {
        self.order.remove(removed.key.as_ref(), removed.place());
        self.records.remove(&removed.key);
        self.len -= 1;
    }

    /// The keys in a range, in their order or against it.
    pub(super) fn keys<'a>(
        &'a self,
        bounds: Bounds<'a>,
        direction: Direction,
        whose: Whose,
    ) -> impl Iterator<Item = RecordKey> {
        let keys = self.order.range(bounds, direction, whose);
        keys.map(|(schema, rest)| RecordKey::from([schema, rest].concat()))
    }

    /// The records whose keys lie in a range, in the order of their keys or against it.
    pub(super) fn range<'a>(
        &'a self,
        bounds: Bounds<'a>,
        direction: Direction,
        whose: Whose,
    ) -> impl Iterator<Item = Stored<'a>> {
        let keys = self.keys(bounds, direction, whose);
        keys.map(|key| self.get(&key).expect("every ordered key has a record"))
    }

    /// All records, in no order, as fast as the `MemoryStore` yields them.
    pub(super) fn unordered(&self) -> impl Iterator<Item = Stored<'_>> {
        self.records.records().filter_map(|record| Stored::lent(&record))
    }

    pub(super) fn add_provider(&mut self, record: ProviderRecord) -> Result<(), KadError> {
        self.records.add_provider(record)
    }

    pub(super) fn remove_provider(&mut self, key: &RecordKey, provider: &PeerId) {
        self.records.remove_provider(key, provider);
    }

    pub(super) fn providers(&self, key: &RecordKey) -> Vec<ProviderRecord> {
        self.records.providers(key)
    }

    pub(super) fn provided(&self) -> Vec<ProviderRecord> {
        self.records.provided().map(Cow::into_owned).collect()
    }
}

/// Has bytes brought near that are looked at soon: so many of the first ones, and the last.
fn fetch(bytes: &[u8], first: usize) {
    // What is read first stands at the end.
    let lines = bytes.iter().take(first).step_by(CACHE_LINE).chain(bytes.last());
    black_box(lines.fold(0, |seen, byte| seen ^ byte));
}
