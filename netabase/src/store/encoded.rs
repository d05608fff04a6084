//! What the `MemoryStore` holds as a record's value.
//!
//! Behind the value itself stand its index entries (and their length), its end of life, its place in the
//! [tracking](super::tracking), each only if it has one, and a byte of flags. There a read finds them without a
//! second look-up, and whatever removes a record finds them without decoding it. An opaque record has none, but
//! their length, 0: that tells it from the others, which leave the length out then.

use std::{borrow::Cow, time::Duration};

use libp2p::kad::{Record, RecordKey};

use super::{clock::Moment, state::RecordState};
use crate::schema::{EnvelopeHeader, Timestamp, index_entries, lease_is_over};

// The lower three bits are the state's.
const SHARED: u8 = 1 << 3;
const RENEWABLE: u8 = 1 << 4;
const TRACKED: u8 = 1 << 5;
const ENDS: u8 = 1 << 6;
const HAS_ENTRIES: u8 = 1 << 7;

/// A value as the `MemoryStore` holds it, exactly sized.
pub(super) struct Encoded {
    bytes: Vec<u8>,
    value_len: usize,
}

/// What a store keeps beside a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: RecordState,
    /// Its end of life, as [`Moment::ms`] counts.
    pub(super) ends: Option<u64>,
    /// Whether the application let peers have it, so that they may hold copies: what is removed then leaves
    /// a tombstone.
    pub(super) shared: bool,
    /// Whether its lease is to be renewed before it ends: not if life itself ends there.
    pub(super) renewable: bool,
    /// Whether no type here can read it: databases do not show it, and its schema has no share in it.
    pub(super) opaque: bool,
}

/// The tree of the [order](super::order) that a key is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Own,
    /// With its slot, which all foreign records have.
    Foreign(u32),
    Opaque,
}

impl Place {
    pub(super) fn of(standing: Standing, slot: Option<u32>) -> Self {
        match standing {
            Standing { state: RecordState { own: true, .. }, .. } => Self::Own,
            Standing { opaque: true, .. } => Self::Opaque,
            _ => Self::Foreign(slot.expect("a foreign record has a slot")),
        }
    }
}

impl Standing {
    /// Whether the lease of an own record that peers are served is to be renewed: if life goes on behind it.
    pub(super) fn is_renewable(self, not_after: u32, now: &Moment) -> bool {
        let RecordState { own, served, .. } = self.state;
        own && served && self.outlives(not_after, now)
    }

    fn outlives(self, not_after: u32, now: &Moment) -> bool {
        let lease_left = (u64::from(not_after) * 1000).saturating_sub(now.unix_ms());
        self.ends.is_none_or(|ends| now.until(ends) > Duration::from_millis(lease_left))
    }
}

/// A record as the `MemoryStore` holds it.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    key: &'a RecordKey,
    pub(super) value: &'a [u8],
    pub(super) entries: &'a [u8],
    pub(super) standing: Standing,
    pub(super) slot: Option<u32>,
}

/// What a writer has to know of the record it replaces.
pub(super) struct Replaced {
    /// Map and record go on sharing one allocation if the new record has the old one's key.
    pub(super) key: RecordKey,
    /// In bytes; see [`weight`].
    pub(super) weight: usize,
    pub(super) standing: Standing,
    pub(super) header: EnvelopeHeader,
    pub(super) slot: Option<u32>,
    pub(super) visible: bool,
    /// Its entries in the indexes; none if it is not visible.
    pub(super) entries: Vec<u8>,
}

/// The bytes of a record: its key and value, and what its index entries take, here behind its value and in
/// the indexes, where the record's own key stands behind each.
fn weight(key: &RecordKey, value_len: usize, entries: &[u8]) -> usize {
    let key = key.as_ref();
    let in_indexes: usize =
        index_entries(entries).map(|(_, index_key)| index_key.len() + key.len()).sum();
    key.len() + value_len + entries.len() + in_indexes
}

/// Whether databases show a record, unless it has expired.
fn is_visible(standing: Standing, header: EnvelopeHeader) -> bool {
    standing.state.wanted && !standing.opaque && !header.tombstone
}

/// Whether indexes by time, publisher or source find a record.
fn is_tracked(standing: Standing, header: EnvelopeHeader) -> bool {
    standing.ends.is_some() || !standing.state.own || header.not_after != 0
}

impl Encoded {
    pub(super) fn new(value: &[u8], entries: &[u8], standing: Standing) -> Self {
        let header = EnvelopeHeader::peek(value).expect("an encoded value is an envelope");
        let tracked = is_tracked(standing, header);
        debug_assert!(!standing.opaque || entries.is_empty(), "what is opaque cannot be indexed");
        let has_entries = standing.opaque || !entries.is_empty();
        let entries_len = u32::try_from(entries.len()).expect("entries have at most 16 KiB");
        let behind = entries.len()
            + if has_entries { 4 } else { 0 }
            + if standing.ends.is_some() { 8 } else { 0 }
            + if tracked { 4 } else { 0 }
            + 1;
        let mut bytes = Vec::with_capacity(value.len() + behind);
        bytes.extend_from_slice(value);
        let mut flags = standing.state.to_byte();
        if has_entries {
            bytes.extend_from_slice(entries);
            bytes.extend_from_slice(&entries_len.to_be_bytes());
            flags |= HAS_ENTRIES;
        }
        if let Some(ends) = standing.ends {
            bytes.extend_from_slice(&ends.to_be_bytes());
            flags |= ENDS;
        }
        if tracked {
            // Set when the record gets its place.
            bytes.extend_from_slice(&[0; 4]);
            flags |= TRACKED;
        }
        if standing.shared {
            flags |= SHARED;
        }
        if standing.renewable {
            flags |= RENEWABLE;
        }
        bytes.push(flags);
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

    pub(super) fn header(&self) -> EnvelopeHeader {
        EnvelopeHeader::peek(&self.bytes).expect("an encoded value is an envelope")
    }

    pub(super) fn entries(&self) -> &[u8] {
        self.parts().entries
    }

    pub(super) fn standing(&self) -> Standing {
        self.parts().standing
    }

    /// Whether it needs a [slot](Self::set_slot).
    pub(super) fn is_tracked(&self) -> bool {
        self.parts().slot.is_some()
    }

    /// Where its key is in the order. A foreign one must have its slot.
    pub(super) fn place(&self) -> Place {
        let Parts { standing, slot, .. } = self.parts();
        Place::of(standing, slot)
    }

    pub(super) fn set_slot(&mut self, slot: u32) {
        debug_assert!(self.is_tracked(), "only tracked records have a place");
        let end = self.bytes.len() - 1;
        self.bytes[end - 4..end].copy_from_slice(&slot.to_be_bytes());
    }

    /// Whether databases show it.
    pub(super) fn is_visible(&self) -> bool {
        is_visible(self.standing(), self.header())
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn parts(&self) -> Parts<'_> {
        Parts::of(&self.bytes)
    }
}

/// The bytes that a `MemoryStore` holds, taken apart from their end.
struct Parts<'a> {
    value: &'a [u8],
    entries: &'a [u8],
    standing: Standing,
    slot: Option<u32>,
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let (&flags, mut rest) = bytes.split_last().expect("a stored value ends with its flags");
        let slot = (flags & TRACKED != 0).then(|| u32::from_be_bytes(split_off(&mut rest)));
        let ends = (flags & ENDS != 0).then(|| u64::from_be_bytes(split_off(&mut rest)));
        let entries_len =
            (flags & HAS_ENTRIES != 0).then(|| u32::from_be_bytes(split_off(&mut rest)));
        let opaque = entries_len == Some(0);
        let entries_len = usize::try_from(entries_len.unwrap_or_default());
        let entries_len = entries_len.expect("it was a usize before");
        let (value, entries) = rest.split_at(rest.len() - entries_len);
        let state = RecordState::from_byte(flags);
        let (shared, renewable) = (flags & SHARED != 0, flags & RENEWABLE != 0);
        let standing = Standing { state, ends, shared, renewable, opaque };
        Self { value, entries, standing, slot }
    }
}

fn split_off<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (rest, last) = bytes.split_last_chunk().expect("the flags say that it is there");
    *bytes = rest;
    *last
}

/// How long a record is there.
#[derive(Clone, Copy)]
pub(super) struct Life {
    ends: Option<u64>,
    /// The end of the lease, unless the record is own: then that is over for peers alone.
    lapses: u32,
}

impl Life {
    /// Whether it can end at all: else no clock need be read.
    pub(super) fn has_end(self) -> bool {
        self.ends.is_some() || self.lapses != 0
    }

    pub(super) fn is_over(self, now: &Moment) -> bool {
        self.ends.is_some_and(|ends| ends <= now.ms) || lease_is_over(self.lapses, now.unix_ms())
    }

    /// How long it is until it is over; `None` if it never is.
    pub(super) fn left(self, now: &Moment) -> Option<Duration> {
        let lease = (u64::from(self.lapses) * 1000).saturating_sub(now.unix_ms());
        let lease = (self.lapses != 0).then(|| Duration::from_millis(lease));
        let life = self.ends.map(|ends| now.until(ends));
        [life, lease].into_iter().flatten().min()
    }
}

impl<'a> Stored<'a> {
    /// What a `MemoryStore` lends; it never gives copies.
    pub(super) fn lent(record: &Cow<'a, Record>) -> Option<Self> {
        let &Cow::Borrowed(record) = record else { return None };
        Some(Self::of(record))
    }

    pub(super) fn of(Record { key, value, .. }: &'a Record) -> Self {
        let Parts { value, entries, standing, slot } = Parts::of(value);
        Self { key, value, entries, standing, slot }
    }

    pub(super) fn key(self) -> &'a RecordKey {
        self.key
    }

    pub(super) fn state(self) -> RecordState {
        self.standing.state
    }

    pub(super) fn header(self) -> EnvelopeHeader {
        EnvelopeHeader::peek(self.value).expect("only whole envelopes are stored")
    }

    pub(super) fn timestamp(self) -> Timestamp {
        self.header().timestamp
    }

    pub(super) fn weight(self) -> usize {
        weight(self.key, self.value.len(), self.entries)
    }

    /// Whether databases show it, unless it has expired.
    pub(super) fn is_visible(self) -> bool {
        is_visible(self.standing, self.header())
    }

    pub(super) fn life(self) -> Life {
        let Standing { state, ends, .. } = self.standing;
        let header = self.header();
        let lapses = !state.own || header.tombstone;
        Life { ends, lapses: if lapses { header.not_after } else { 0 } }
    }

    pub(super) fn is_expired(self, now: &Moment) -> bool {
        // Most records are not tracked, and never expire.
        self.slot.is_some() && self.life().is_over(now)
    }

    pub(super) fn replaced(self) -> Replaced {
        let header = self.header();
        let visible = is_visible(self.standing, header);
        Replaced {
            key: self.key.clone(),
            weight: self.weight(),
            standing: self.standing,
            header,
            slot: self.slot,
            visible,
            entries: if visible { self.entries.to_vec() } else { Vec::new() },
        }
    }
}

impl Replaced {
    /// Whether the application removed it: somebody else's tombstone leaves the key wanted.
    pub(super) fn is_removed(&self) -> bool {
        self.header.tombstone && self.state().own && !self.state().wanted
    }

    pub(super) fn state(&self) -> RecordState {
        self.standing.state
    }

    /// Where its key is in the order.
    pub(super) fn place(&self) -> Place {
        Place::of(self.standing, self.slot)
    }
}
