//! The bytes of a row in the records.
//!
//! Behind the value itself stand its index entries (and their length), its end of life, its slot, each only if it
//! has one, and two bytes of flags. There a read finds them without a second look-up, and whatever removes a row
//! finds them without decoding it. An opaque record has no entries, but their length, 0: that tells it from the
//! others, which leave the length out then.

use super::{RecordMeta, Volatile};
use crate::store::state::RecordState;

// The lower three bits are the state's; of the upper byte, the lowest is kept for replicas.
const SHARED: u16 = 1 << 3;
const RENEWABLE: u16 = 1 << 4;
const TRACKED: u16 = 1 << 5;
const ENDS: u16 = 1 << 6;
const HAS_ENTRIES: u16 = 1 << 7;

const FLAGS: usize = 2;

/// Begins the bytes with all but slot and flags, and leaves room for those.
pub(super) fn begin(value: &[u8], entries: &[u8], meta: RecordMeta, is_tracked: bool) -> Vec<u8> {
    let has_entries = meta.opaque || !entries.is_empty();
    let behind = entries.len()
        + if has_entries { 4 } else { 0 }
        + if meta.ends.is_some() { 8 } else { 0 }
        + if is_tracked { 4 } else { 0 }
        + FLAGS;
    let mut bytes = Vec::with_capacity(value.len() + behind);
    bytes.extend_from_slice(value);
    if has_entries {
        let len = u32::try_from(entries.len()).expect("entries have at most 16 KiB");
        bytes.extend_from_slice(entries);
        bytes.extend_from_slice(&len.to_be_bytes());
    }
    if let Some(ends) = meta.ends {
        bytes.extend_from_slice(&ends.to_be_bytes());
    }
    bytes
}

/// Ends what [`begin`] began.
pub(super) fn finish(
    bytes: &mut Vec<u8>,
    entries_len: usize,
    meta: RecordMeta,
    Volatile { slot }: Volatile,
) {
    if let Some(slot) = slot {
        bytes.extend_from_slice(&slot.to_be_bytes());
    }
    let flag = |is_set: bool, flag: u16| if is_set { flag } else { 0 };
    let flags = u16::from(meta.state.to_byte())
        | flag(meta.shared, SHARED)
        | flag(meta.renewable, RENEWABLE)
        | flag(slot.is_some(), TRACKED)
        | flag(meta.ends.is_some(), ENDS)
        | flag(meta.opaque || entries_len > 0, HAS_ENTRIES);
    bytes.extend_from_slice(&flags.to_be_bytes());
}

/// The bytes of a row, taken apart from their end.
pub(super) struct Unpacked<'a> {
    pub(super) value: &'a [u8],
    pub(super) entries: &'a [u8],
    pub(super) meta: RecordMeta,
    pub(super) volatile: Volatile,
}

impl<'a> Unpacked<'a> {
    pub(super) fn of(mut rest: &'a [u8]) -> Self {
        let flags = u16::from_be_bytes(split_off(&mut rest));
        let has = |flag: u16| flags & flag != 0;
        let slot = has(TRACKED).then(|| u32::from_be_bytes(split_off(&mut rest)));
        let ends = has(ENDS).then(|| u64::from_be_bytes(split_off(&mut rest)));
        let entries_len = has(HAS_ENTRIES).then(|| u32::from_be_bytes(split_off(&mut rest)));
        let opaque = entries_len == Some(0);
        let entries_len = usize::try_from(entries_len.unwrap_or_default());
        let entries_len = entries_len.expect("it was a usize before");
        let (value, entries) = rest.split_at(rest.len() - entries_len);
        let [_, low] = flags.to_be_bytes();
        let meta = RecordMeta {
            state: RecordState::from_byte(low),
            ends,
            shared: has(SHARED),
            renewable: has(RENEWABLE),
            opaque,
        };
        Self { value, entries, meta, volatile: Volatile { slot } }
    }
}

fn split_off<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (rest, last) = bytes.split_last_chunk().expect("the flags say that it is there");
    *bytes = rest;
    *last
}
