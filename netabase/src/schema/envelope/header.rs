//! Reads and writes the bytes before the payload. The payload's codec is carried, not judged.

use super::{EnvelopeError, Timestamp};

/// Clock, flags, end of the lease.
pub(super) const LEN: usize = 8 + 1 + 4;

pub(super) const VERSION: u8 = 1;
/// The codec that this program writes and reads: bincode 2 `standard()` through serde.
pub(crate) const CODEC: u8 = 0;

const TOMBSTONE: u8 = 1 << 7;
const SIGNED: u8 = 1 << 6;
const VERSION_SHIFT: u32 = 3;
const VERSION_MASK: u8 = 0b111;
const CODEC_MASK: u8 = 0b111;

/// The fixed part of an envelope: which of two values wins is nearly always decided here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EnvelopeHeader {
    pub(crate) timestamp: Timestamp,
    pub(crate) tombstone: bool,
    pub(crate) signed: bool,
    /// How the payload is encoded, in [three bits](CODEC_MASK). Whatever rewrites a header keeps it, for the
    /// payload stays as it is, too.
    pub(crate) codec: u8,
    /// In unix seconds; 0: no lease.
    pub(crate) not_after: u32,
}

impl EnvelopeHeader {
    /// Reads the header of a stored value, which was [parsed](super::Envelope::parse) on its way in:
    /// nothing is checked but the length.
    #[inline]
    pub(crate) const fn peek(value: &[u8]) -> Option<Self> {
        match value.first_chunk() {
            Some(fixed) => Some(Self::read(fixed)),
            None => None,
        }
    }

    /// Writes this header over that of an encoded value.
    pub(crate) fn write_over(self, value: &mut [u8]) {
        let [t0, t1, t2, t3, t4, t5, t6, t7] = self.timestamp.as_u64().to_be_bytes();
        let [n0, n1, n2, n3] = self.not_after.to_be_bytes();
        let fixed = [t0, t1, t2, t3, t4, t5, t6, t7, self.flags(), n0, n1, n2, n3];
        value[..LEN].copy_from_slice(&fixed);
    }

    /// Appends an envelope up to its payload. The schema version is at least 1.
    ///
    /// The payload comes next, which a tombstone does not have; then, if `signed`, the public key
    /// and the signature.
    pub(crate) fn write(self, schema_version: u32, out: &mut Vec<u8>) {
        debug_assert!(schema_version >= 1, "schema versions count from 1");
        let start = out.len();
        out.extend_from_slice(&[0; LEN]);
        self.write_over(&mut out[start..]);
        write_leb128(schema_version, out);
    }

    const fn flags(self) -> u8 {
        let tombstone = if self.tombstone { TOMBSTONE } else { 0 };
        let signed = if self.signed { SIGNED } else { 0 };
        debug_assert!(self.codec <= CODEC_MASK, "a codec has three bits");
        tombstone | signed | VERSION << VERSION_SHIFT | (self.codec & CODEC_MASK)
    }

    #[inline]
    pub(super) const fn read(fixed: &[u8; LEN]) -> Self {
        let [t0, t1, t2, t3, t4, t5, t6, t7, flags, n0, n1, n2, n3] = *fixed;
        Self {
            timestamp: Timestamp::from_u64(u64::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7])),
            tombstone: flags & TOMBSTONE != 0,
            signed: flags & SIGNED != 0,
            codec: flags & CODEC_MASK,
            not_after: u32::from_be_bytes([n0, n1, n2, n3]),
        }
    }
}

/// Returns whether a lease has ended at `now_ms`, in unix milliseconds. 0 is no lease: it never ends.
#[inline]
pub(crate) const fn is_over(not_after: u32, now_ms: u64) -> bool {
    // Widening, and 2^32 × 1000 fits. (`u64::from` is not const.)
    not_after != 0 && now_ms >= not_after as u64 * 1000
}

/// Refuses other versions of the envelope: how they are laid out is not known.
#[inline]
pub(super) fn check_version(fixed: &[u8; LEN]) -> Result<(), EnvelopeError> {
    match fixed[8] >> VERSION_SHIFT & VERSION_MASK {
        VERSION => Ok(()),
        found => Err(EnvelopeError::UnsupportedVersion { found }),
    }
}

/// Reads a schema version from the front of `bytes`, and returns what follows it.
#[inline]
pub(super) fn schema_version(bytes: &[u8]) -> Result<(u32, &[u8]), EnvelopeError> {
    match bytes {
        // The versions there will ever be, nearly.
        [version @ 1..=0x7f, rest @ ..] => Ok((u32::from(*version), rest)),
        _ => read_leb128(bytes).ok_or(EnvelopeError::InvalidSchemaVersion),
    }
}

/// A number of at least two bytes; those of one are read above.
#[cold]
fn read_leb128(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0_u64;
    // Five groups of seven bits reach 32.
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            // A last group of zero could have been left off; it also catches the number 0.
            let canonical = *byte != 0;
            let value = u32::try_from(value).ok()?;
            return canonical.then_some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn write_leb128(mut value: u32, out: &mut Vec<u8>) {
    loop {
        let [group, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(group);
            return;
        }
        out.push(group | 0x80);
    }
}
