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
use crate::schema::{EnvelopeHeader, Timestamp, index_entries};

/// A `MemoryStore`, the order of its keys, and what it weighs: three that always agree.
///
/// Behind a record's value the `MemoryStore` holds its index entries and its state. There a read finds
/// the state without a second look-up, and whatever removes a record finds its entries without
/// decoding the value. Nobody but this module ever sees the value with them.
pub(super) struct Table {
    records: MemoryStore,
    order: Order,
    /// Keys, values and index entries; see [`weight`].
    bytes: usize,
}

/// A record as the table holds it.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    key: &'a RecordKey,
    pub(super) value: &'a [u8],
    pub(super) entries: &'a [u8],
    pub(super) state: RecordState,
}

/// The bytes of a record: its key and value, and what its index entries take, here behind its value and in
/// the indexes, where the record's own key stands behind each.
fn weight(key: &RecordKey, value_len: usize, entries: &[u8]) -> usize {
    let key = key.as_ref();
    let in_indexes: usize =
        index_entries(entries).map(|(_, index_key)| index_key.len() + key.len()).sum();
    key.len() + value_len + entries.len() + in_indexes
}

/// A value as the `MemoryStore` holds it: exactly sized, its index entries and its state behind it.
pub(super) struct Encoded {
    bytes: Vec<u8>,
    value_len: usize,
}

/// What a writer has to know of the record it replaces.
pub(super) struct Replaced {
    /// Map and record go on sharing one allocation if the new record has the old one's key.
    key: RecordKey,
    /// In bytes; see [`weight`].
    pub(super) weight: usize,
    pub(super) state: RecordState,
    pub(super) timestamp: Timestamp,
    pub(super) visible: bool,
    /// Its entries in the indexes; none if it is not visible.
    pub(super) entries: Vec<u8>,
}

impl Table {
    pub(super) fn new(peer_id: PeerId, limits: &Limits) -> Self {
        let config = MemoryStoreConfig {
            // Ours are checked before, with better errors; kad's count the state byte, too.
            max_records: usize::MAX,
            max_value_bytes: usize::MAX,
            max_providers_per_key: limits.max_providers_per_key,
            // Only schemas' own provider keys get here.
            max_provided_keys: usize::MAX,
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

    /// Stores a value in place of what `get` found for its key. Limits are checked by the caller.
    pub(super) fn insert(&mut self, key: RecordKey, value: Encoded, replaced: Option<&Replaced>) {
        self.bytes += value.weight(&key);
        let bytes = value.bytes;
        let key = if let Some(old) = replaced {
            self.bytes -= old.weight;
            old.key.clone()
        } else {
            self.order.insert(key.as_ref());
            key
        };
        let record = Record { key, value: bytes, publisher: None, expires: None };
        self.records.put(record).expect("the MemoryStore was given no limits");
    }

    /// Removes the record that `get` found for this key.
    pub(super) fn remove(&mut self, key: &RecordKey, removed: &Replaced) {
        self.bytes -= removed.weight;
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
        let (&state, rest) = value.split_last().expect("a stored value ends with its state");
        let (value, entries) = if state & HAS_ENTRIES == 0 {
            (rest, &[][..])
        } else {
            let (rest, len) = rest.split_last_chunk().expect("entries end with their length");
            let len = usize::try_from(u32::from_be_bytes(*len)).expect("it was a usize before");
            rest.split_at(rest.len() - len)
        };
        Some(Self { key, value, entries, state: RecordState::from_byte(state) })
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
        let visible = is_visible(self.state, header);
        Replaced {
            key: self.key.clone(),
            weight: weight(self.key, self.value.len(), self.entries),
            state: self.state,
            timestamp: header.timestamp,
            visible,
            entries: if visible { self.entries.to_vec() } else { Vec::new() },
        }
    }
}

/// Whether databases show a record.
fn is_visible(state: RecordState, header: EnvelopeHeader) -> bool {
    state.wanted && !header.tombstone
}

/// The bit of the state byte that says that entries stand before it.
const HAS_ENTRIES: u8 = 1 << 7;

impl Encoded {
    pub(super) fn new(value: &[u8], entries: &[u8], state: RecordState) -> Self {
        let (flag, len) = match u32::try_from(entries.len()) {
            Ok(0) => (0, None),
            len => (HAS_ENTRIES, Some(len.expect("entries of 4 GiB do not fit into a store"))),
        };
        let len = len.map(u32::to_be_bytes);
        let len = len.as_ref().map_or(&[][..], <[u8; 4]>::as_slice);
        let mut bytes = Vec::with_capacity(value.len() + entries.len() + len.len() + 1);
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(entries);
        bytes.extend_from_slice(len);
        bytes.push(state.to_byte() | flag);
        Self { bytes, value_len: value.len() }
    }

    pub(super) fn value_len(&self) -> usize {
        self.value_len
    }

    pub(super) fn weight(&self, key: &RecordKey) -> usize {
        weight(key, self.value_len, self.entries())
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.bytes[..self.value_len]
    }

    pub(super) fn value_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.value_len]
    }

    pub(super) fn entries(&self) -> &[u8] {
        let end = self.bytes.len().saturating_sub(1 + 4).max(self.value_len);
        &self.bytes[self.value_len..end]
    }

    pub(super) fn set_state(&mut self, state: RecordState) {
        let byte = self.bytes.last_mut().expect("an encoded value ends with its state");
        *byte = *byte & HAS_ENTRIES | state.to_byte();
    }

    /// Whether databases show it.
    pub(super) fn is_visible(&self) -> bool {
        let (&state, value) =
            self.bytes.split_last().expect("an encoded value ends with its state");
        let header = EnvelopeHeader::peek(value).expect("only whole envelopes are stored");
        is_visible(RecordState::from_byte(state), header)
    }
}
