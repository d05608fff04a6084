//! Rows: what is to be stored, what is lent, and what a write has to know of the row it replaces.

mod packed;

use libp2p::kad::{Record, RecordKey};

use self::packed::Unpacked;
use super::meta::{Attribution, Life, RecordMeta};
use crate::{
    schema::{EnvelopeHeader, Timestamp, index_entries},
    store::{clock::Moment, state::RecordState},
};

/// The durable part of a row: all that has to survive a restart. The key stands beside it.
pub(in crate::store) struct Row {
    /// The value, and what stands [behind it](packed), but for what follows from the row's place in the engine.
    bytes: Vec<u8>,
    value_len: usize,
    entries_len: usize,
    meta: RecordMeta,
    is_tombstone: bool,
    is_tracked: bool,
    /// There if the record is foreign.
    attribution: Option<Box<Attribution>>,
}

/// The volatile part of a row, which follows from the engine that holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Volatile {
    /// The number of the row in the indexes by time, publisher and source, if it is in any.
    pub(in crate::store) slot: Option<u32>,
}

/// A row as the records lend it.
#[derive(Clone, Copy)]
pub(in crate::store) struct RowRef<'a> {
    key: KeyRef<'a>,
    pub(in crate::store) value: &'a [u8],
    pub(in crate::store) entries: &'a [u8],
    pub(in crate::store) meta: RecordMeta,
    pub(in crate::store) volatile: Volatile,
}

/// A key as the records lend it: in two parts, since not every way to keep records has it in one.
#[derive(Clone, Copy)]
pub(in crate::store) struct KeyRef<'a>(&'a RecordKey);

/// The row that a write replaces.
pub(in crate::store) struct Previous {
    /// The stored key, until it is taken: map and record go on sharing one allocation if the new record has it.
    key: Option<RecordKey>,
    /// In bytes; see [`weight`].
    pub(in crate::store) weight: usize,
    pub(in crate::store) meta: RecordMeta,
    pub(in crate::store) header: EnvelopeHeader,
    pub(in crate::store) visible: bool,
    pub(super) volatile: Volatile,
    /// Its entries in the indexes; none if it is not visible.
    pub(super) entries: Vec<u8>,
}

/// Returns the bytes of a record: its key and value, and what its index entries take, behind its value and in
/// the indexes, where the record's own key stands behind each.
fn weight(key: &[u8], value_len: usize, entries: &[u8]) -> usize {
    let in_indexes: usize =
        index_entries(entries).map(|(_, index_key)| index_key.len() + key.len()).sum();
    key.len() + value_len + entries.len() + in_indexes
}

impl Row {
    /// Makes the row of an encoded value. A foreign one needs an [attribution](Self::charge_to).
    pub(in crate::store) fn new(value: &[u8], entries: &[u8], meta: RecordMeta) -> Self {
        let header = EnvelopeHeader::peek(value).expect("an encoded value is an envelope");
        debug_assert!(!meta.opaque || entries.is_empty(), "what is opaque cannot be indexed");
        let is_tracked = meta.is_tracked(header);
        Self {
            bytes: packed::begin(value, entries, meta, is_tracked),
            value_len: value.len(),
            entries_len: entries.len(),
            meta,
            is_tombstone: header.tombstone,
            is_tracked,
            attribution: None,
        }
    }

    /// Charges a foreign record.
    pub(in crate::store) fn charge_to(mut self, attribution: Option<Attribution>) -> Self {
        self.attribution = attribution.filter(|_| !self.meta.state.own).map(Box::new);
        self
    }

    pub(in crate::store) fn value(&self) -> &[u8] {
        &self.bytes[..self.value_len]
    }

    /// Lets the value's timestamp or lease be written over. Nothing else of it may change.
    pub(in crate::store) fn value_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.value_len]
    }

    pub(in crate::store) fn entries(&self) -> &[u8] {
        &self.bytes[self.value_len..][..self.entries_len]
    }

    pub(in crate::store) fn meta(&self) -> RecordMeta {
        self.meta
    }

    pub(in crate::store) fn header(&self) -> EnvelopeHeader {
        EnvelopeHeader::peek(&self.bytes).expect("an encoded value is an envelope")
    }

    pub(in crate::store) fn weight(&self, key: &RecordKey) -> usize {
        weight(key.as_ref(), self.value_len, self.entries())
    }

    /// Returns whether databases show it.
    pub(in crate::store) fn is_visible(&self) -> bool {
        self.meta.state.wanted && !self.meta.opaque && !self.is_tombstone
    }

    /// Returns whether it needs a slot.
    pub(super) fn is_tracked(&self) -> bool {
        self.is_tracked
    }

    pub(in crate::store) fn attribution(&self) -> Option<&Attribution> {
        self.attribution.as_deref()
    }

    /// Returns the bytes that stand for the row in the records.
    pub(super) fn into_bytes(mut self, volatile: Volatile) -> Vec<u8> {
        debug_assert_eq!(self.is_tracked, volatile.slot.is_some(), "tracked rows have a slot");
        packed::finish(&mut self.bytes, self.entries_len, self.meta, volatile);
        self.bytes
    }
}

impl<'a> RowRef<'a> {
    /// Takes apart what [`Row::into_bytes`] made.
    pub(super) fn of(Record { key, value, .. }: &'a Record) -> Self {
        let Unpacked { value, entries, meta, volatile } = Unpacked::of(value);
        Self { key: KeyRef(key), value, entries, meta, volatile }
    }

    pub(in crate::store) fn key(self) -> KeyRef<'a> {
        self.key
    }

    pub(in crate::store) fn state(self) -> RecordState {
        self.meta.state
    }

    pub(in crate::store) fn header(self) -> EnvelopeHeader {
        EnvelopeHeader::peek(self.value).expect("only whole envelopes are stored")
    }

    pub(in crate::store) fn timestamp(self) -> Timestamp {
        self.header().timestamp
    }

    pub(in crate::store) fn weight(self) -> usize {
        weight(self.key.0.as_ref(), self.value.len(), self.entries)
    }

    /// Returns whether databases show it, unless it has expired.
    pub(in crate::store) fn is_visible(self) -> bool {
        self.meta.is_visible(self.header())
    }

    pub(in crate::store) fn life(self) -> Life {
        self.meta.life(self.header())
    }

    pub(in crate::store) fn is_expired(self, now: &Moment) -> bool {
        // Most records are not tracked, and never expire.
        self.volatile.slot.is_some() && self.life().is_over(now)
    }

    /// Returns what a write has to know that replaces it.
    pub(in crate::store) fn previous(self) -> Previous {
        let header = self.header();
        let visible = self.meta.is_visible(header);
        Previous {
            key: Some(self.key.0.clone()),
            weight: self.weight(),
            meta: self.meta,
            header,
            visible,
            volatile: self.volatile,
            entries: if visible { self.entries.to_vec() } else { Vec::new() },
        }
    }
}

impl<'a> KeyRef<'a> {
    /// Returns its bytes: those of the one part, then those of the other.
    pub(in crate::store) fn parts(self) -> [&'a [u8]; 2] {
        [self.0.as_ref(), &[]]
    }

    pub(in crate::store) fn to_key(self) -> RecordKey {
        self.0.clone()
    }

    pub(in crate::store) fn starts_with(self, prefix: &[u8]) -> bool {
        let [first, rest] = self.parts();
        match prefix.strip_prefix(first) {
            Some(prefix) => rest.starts_with(prefix),
            None => first.starts_with(prefix),
        }
    }
}

impl Previous {
    /// Takes the key that is stored.
    pub(in crate::store) fn take_key(&mut self) -> RecordKey {
        self.key.take().expect("one change takes it")
    }

    pub(in crate::store) fn slot(&self) -> Option<u32> {
        self.volatile.slot
    }

    /// Returns whether the application removed it: somebody else's tombstone leaves the key wanted.
    pub(in crate::store) fn is_removed(&self) -> bool {
        self.header.tombstone && self.state().own && !self.state().wanted
    }

    pub(in crate::store) fn state(&self) -> RecordState {
        self.meta.state
    }
}
