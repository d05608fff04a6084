use std::borrow::Cow;

use libp2p::{
    PeerId,
    kad::{
        ProviderRecord, Record, RecordKey,
        store::{Error as KadError, MemoryStore, MemoryStoreConfig, RecordStore},
    },
};

use super::{
    limits::Limits,
    order::{Bounds, Order},
    state::RecordState,
};
use crate::schema::{EnvelopeHeader, Timestamp};

/// A `MemoryStore`, the order of its keys, and what it weighs: three that always agree.
///
/// A record's state is the last byte of its value in the `MemoryStore`. There a read finds it
/// without a second look-up, and nobody but this module ever sees the value with it.
pub(super) struct Table {
    records: MemoryStore,
    order: Order,
    /// Keys and values, without the state bytes.
    bytes: usize,
}

/// A record as the table holds it.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    key: &'a RecordKey,
    pub(super) value: &'a [u8],
    pub(super) state: RecordState,
}

/// What a writer has to know of the record it replaces.
pub(super) struct Replaced {
    /// Map and record go on sharing one allocation if the new record has the old one's key.
    key: RecordKey,
    pub(super) value_len: usize,
    pub(super) state: RecordState,
    pub(super) timestamp: Timestamp,
    pub(super) visible: bool,
}

impl Table {
    pub(super) fn new(peer_id: PeerId, limits: &Limits) -> Self {
        let config = MemoryStoreConfig {
            // Ours are checked before, with better errors; kad's count the state byte, too.
            max_records: usize::MAX,
            max_value_bytes: usize::MAX,
            max_providers_per_key: limits.max_providers_per_key,
            max_provided_keys: limits.max_provided_keys,
        };
        let records = MemoryStore::with_config(peer_id, config);
        Self { records, order: Order::default(), bytes: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&self, key: &RecordKey) -> Option<Stored<'_>> {
        self.records.get(key).as_ref().and_then(Stored::lent)
    }

    /// Stores a value, whose last byte must be its state, in place of what `get` found for its
    /// key. Limits are checked by the caller.
    pub(super) fn insert(&mut self, key: RecordKey, value: Vec<u8>, replaced: Option<Replaced>) {
        let value_len = value.len() - 1;
        let key = if let Some(old) = replaced {
            self.bytes = self.bytes - old.value_len + value_len;
            old.key
        } else {
            self.bytes += key.as_ref().len() + value_len;
            self.order.insert(key.as_ref());
            key
        };
        let record = Record { key, value, publisher: None, expires: None };
        self.records.put(record).expect("the MemoryStore was given no limits");
    }

    /// Removes the record that `get` found for this key.
    pub(super) fn remove(&mut self, key: &RecordKey, removed: &Replaced) {
        self.bytes -= key.as_ref().len() + removed.value_len;
        self.order.remove(key.as_ref());
        self.records.remove(key);
    }

    /// The records whose keys lie in a range, in the order of their keys.
    pub(super) fn range<'a>(
        &'a self,
        bounds: Bounds<'a>,
    ) -> impl DoubleEndedIterator<Item = Stored<'a>> {
        self.order.range(bounds).map(|(schema, rest)| {
            let key = RecordKey::from([schema, rest].concat());
            self.get(&key).expect("every ordered key has a record")
        })
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

impl<'a> Stored<'a> {
    /// What a `MemoryStore` lends; it never gives copies.
    fn lent(record: &Cow<'a, Record>) -> Option<Self> {
        let &Cow::Borrowed(Record { key, value, .. }) = record else { return None };
        let (&state, value) = value.split_last().expect("a stored value ends with its state");
        Some(Self { key, value, state: RecordState::from_byte(state) })
    }

    pub(super) fn key(self) -> &'a RecordKey {
        self.key
    }

    pub(super) fn header(self) -> EnvelopeHeader {
        EnvelopeHeader::peek(self.value).expect("only whole envelopes are stored")
    }

    /// Whether databases show it.
    pub(super) fn is_visible(self) -> bool {
        is_visible(self.state, self.header())
    }

    pub(super) fn replaced(self) -> Replaced {
        let header = self.header();
        Replaced {
            key: self.key.clone(),
            value_len: self.value.len(),
            state: self.state,
            timestamp: header.timestamp,
            visible: is_visible(self.state, header),
        }
    }
}

/// Whether databases show a record.
pub(super) fn is_visible(state: RecordState, header: EnvelopeHeader) -> bool {
    state.wanted && !header.tombstone
}

/// The value as it is stored: exactly sized, its state behind it.
pub(super) fn with_state(value: &[u8], state: RecordState) -> Vec<u8> {
    let mut stored = Vec::with_capacity(value.len() + 1);
    stored.extend_from_slice(value);
    stored.push(state.to_byte());
    stored
}
