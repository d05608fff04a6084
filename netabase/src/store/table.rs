use std::{
    borrow::{Borrow, Cow},
    cmp::Ordering,
    collections::BTreeSet,
    ops::Bound,
};

use libp2p::{
    PeerId,
    kad::{
        ProviderRecord, Record, RecordKey,
        store::{Error as KadError, MemoryStore, MemoryStoreConfig, RecordStore},
    },
};

use super::{limits::Limits, state::RecordState};
use crate::schema::{EnvelopeHeader, Timestamp};

/// A `MemoryStore`, the order of its keys, and what it weighs: three that always agree.
///
/// A record's state is the last byte of its value in the `MemoryStore`. There a read finds it
/// without a second look-up, and nobody but this module ever sees the value with it.
pub(super) struct Table {
    records: MemoryStore,
    order: BTreeSet<OrderedKey>,
    /// Keys and values, without the state bytes.
    bytes: usize,
}

/// A record as the table holds it.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    pub(super) value: &'a [u8],
    pub(super) state: RecordState,
}

/// A key, ordered by its bytes, which it shares with the `MemoryStore`.
#[derive(PartialEq, Eq)]
struct OrderedKey(RecordKey);

impl Table {
    pub(super) fn new(peer_id: PeerId, limits: &Limits) -> Self {
        let config = MemoryStoreConfig {
            // Ours are checked before, with better errors; kad's count the state byte, too.
            max_records: usize::MAX,
            max_value_bytes: usize::MAX,
            max_providers_per_key: limits.max_providers_per_key,
            max_provided_keys: limits.max_provided_keys,
        };
        Self {
            records: MemoryStore::with_config(peer_id, config),
            order: BTreeSet::new(),
            bytes: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&self, key: &RecordKey) -> Option<Stored<'_>> {
        self.record(key).map(|record| Stored::from_bytes(&record.value))
    }

    fn record(&self, key: &RecordKey) -> Option<&Record> {
        match self.records.get(key)? {
            Cow::Borrowed(record) => Some(record),
            Cow::Owned(_) => unreachable!("MemoryStore lends what it holds"),
        }
    }

    /// Stores a value, whose last byte must be its state. Limits are checked by the caller.
    pub(super) fn insert(&mut self, key: RecordKey, value: Vec<u8>) {
        self.bytes += key.as_ref().len() + value.len() - 1;
        let key = match self.record(&key) {
            Some(old) => {
                let (old_key, old_len) = (old.key.clone(), old.value.len() - 1);
                self.bytes -= key.as_ref().len() + old_len;
                // The stored key, so that map, order and record go on sharing one allocation.
                old_key
            }
            None => {
                self.order.insert(OrderedKey(key.clone()));
                key
            }
        };
        let record = Record { key, value, publisher: None, expires: None };
        self.records.put(record).expect("the MemoryStore was given no limits");
    }

    pub(super) fn remove(&mut self, key: &RecordKey) {
        let Some(old) = self.get(key) else { return };
        self.bytes -= key.as_ref().len() + old.value.len();
        self.order.remove(key.as_ref());
        self.records.remove(key);
    }

    pub(super) fn set_state(&mut self, key: &RecordKey, state: RecordState) {
        let Some(old) = self.get(key).filter(|old| old.state != state) else { return };
        let value = with_state(old.value, state);
        self.insert(key.clone(), value);
    }

    /// The records whose keys lie in a range, in the order of their keys.
    pub(super) fn range<'a>(
        &'a self,
        bounds: (Bound<&[u8]>, Bound<&[u8]>),
    ) -> impl DoubleEndedIterator<Item = (&'a RecordKey, Stored<'a>)> {
        let range = (!is_empty(bounds)).then(|| self.order.range::<[u8], _>(bounds));
        range.into_iter().flatten().map(|OrderedKey(key)| {
            let stored = self.get(key).expect("every ordered key has a record");
            (key, stored)
        })
    }

    /// All records, in no order, as fast as the `MemoryStore` yields them.
    pub(super) fn unordered(&self) -> impl Iterator<Item = (&RecordKey, Stored<'_>)> {
        self.records.records().map(|record| match record {
            Cow::Borrowed(record) => (&record.key, Stored::from_bytes(&record.value)),
            Cow::Owned(_) => unreachable!("MemoryStore lends what it holds"),
        })
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

impl<'a> Stored<'a> {
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Self {
        let (&state, value) = bytes.split_last().expect("a stored value ends with its state");
        Self { value, state: RecordState::from_byte(state) }
    }

    pub(super) fn header(self) -> EnvelopeHeader {
        EnvelopeHeader::peek(self.value).expect("only whole envelopes are stored")
    }

    pub(super) fn timestamp(self) -> Timestamp {
        self.header().timestamp
    }

    /// Whether databases show it.
    pub(super) fn is_visible(self) -> bool {
        self.state.wanted && !self.header().tombstone
    }
}

/// The value as it is stored: exactly sized, its state behind it.
pub(super) fn with_state(value: &[u8], state: RecordState) -> Vec<u8> {
    let mut stored = Vec::with_capacity(value.len() + 1);
    stored.extend_from_slice(value);
    stored.push(state.to_byte());
    stored
}

/// Whether a range is empty because its bounds are crossed; a B-tree would panic.
fn is_empty(bounds: (Bound<&[u8]>, Bound<&[u8]>)) -> bool {
    use Bound::{Excluded, Included, Unbounded};
    match bounds {
        (Unbounded, _) | (_, Unbounded) => false,
        (Included(low), Included(high)) => low > high,
        (Included(low) | Excluded(low), Included(high) | Excluded(high)) => low >= high,
    }
}

impl Ord for OrderedKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_ref().cmp(other.0.as_ref())
    }
}

impl PartialOrd for OrderedKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Borrow<[u8]> for OrderedKey {
    fn borrow(&self) -> &[u8] {
        self.0.as_ref()
    }
}
