//! Reads and writes what surrounds a payload in `Record.value`: clock, lease, codec, schema version, signature.
//!
//! Among valid values of a key the larger by memcmp wins, on every peer and in every language: the later
//! clock, then a tombstone, then a signature, then the larger codec id, then the longer lease, then the bytes.
//!
//! The codec is not looked into here: envelopes of every codec are read, and written again as they were.

mod timestamp;

mod header;

#[cfg(test)]
mod tests;

pub(crate) use self::header::{CODEC, EnvelopeHeader, is_over};
pub use self::timestamp::Timestamp;

/// The shortest value: a header, a schema version of one byte, no payload.
pub(crate) const MIN_LEN: usize = header::LEN + 1;

/// A public key and a signature, in bytes.
pub(crate) const SIGNATURE_LEN: usize = PUBLIC_KEY_LEN + 64;

const PUBLIC_KEY_LEN: usize = 32;

/// A record's value, taken apart. Nothing is copied, and no signature is verified.
///
/// ```
/// use netabase::{Envelope, Timestamp};
///
/// let mut value = vec![0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00, 0x00, 0x02]; // clock
/// value.push(0b0000_1000); // neither tombstone nor signed, envelope version 1, codec 0
/// value.extend([0; 4]); // no lease
/// value.push(1); // schema version
/// value.extend(*b"payload");
///
/// let envelope = Envelope::parse(&value)?;
///
/// assert_eq!(envelope.timestamp.millis(), 1_700_000_000_000);
/// assert_eq!(envelope.timestamp.counter(), 2);
/// assert_eq!(envelope.payload, b"payload");
/// assert!(!envelope.tombstone && envelope.signature.is_none());
/// # Ok::<(), netabase::EnvelopeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Envelope<'a> {
    /// When the value was written, by its writer's clock.
    pub timestamp: Timestamp,
    /// `true` if the record was removed; the payload is then empty.
    pub tombstone: bool,
    /// How the payload is encoded, from 0 to 7; 0 in a tombstone. This program writes and reads 0, bincode 2
    /// `standard()`; records of other codecs are held, but not decoded.
    pub codec: u8,
    /// The end of the lease, in unix seconds; 0: none.
    pub not_after: u32,
    /// The version of the payload's layout, from 1.
    pub schema_version: u32,
    /// The encoded value.
    pub payload: &'a [u8],
    /// The writer's signature, not verified.
    pub signature: Option<Signature<'a>>,
}

/// Who signed a record's value, and the signature. Neither is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature<'a> {
    /// The writer's ed25519 public key.
    pub public_key: &'a [u8; 32],
    /// The signature.
    pub bytes: &'a [u8; 64],
}

/// Why a record's value is not an envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The value is shorter than any envelope.
    #[error("value of {len} bytes is shorter than the {} of an envelope", MIN_LEN)]
    TooShort {
        /// The value's length, in bytes.
        len: usize,
    },

    /// The envelope's layout is of another version.
    #[error("envelope version {found} is not {}", header::VERSION)]
    UnsupportedVersion {
        /// The version the value names.
        found: u8,
    },

    /// The schema version is zero, cut off, wider than 32 bits, or longer than needed.
    #[error("schema version is not a canonical LEB128 number from 1 to {}", u32::MAX)]
    InvalidSchemaVersion,

    /// The value says it is signed, but is too short to be.
    #[error("signature of {} bytes does not fit in the {available} left", SIGNATURE_LEN)]
    SignatureCut {
        /// How many bytes follow the header.
        available: usize,
    },

    /// A tombstone has a payload.
    #[error("tombstone has a payload of {len} bytes")]
    TombstoneWithPayload {
        /// The payload's length, in bytes.
        len: usize,
    },

    /// A tombstone names the codec of a payload that it does not have.
    #[error("tombstone has payload codec {found}, not 0")]
    TombstoneWithCodec {
        /// The codec the value names.
        found: u8,
    },
}

impl<'a> Envelope<'a> {
    /// Takes the value of a record apart.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`] if it is not an envelope of this version, in its one canonical form.
    /// Whether the codec is known, the payload decodes and the signature holds is not looked at.
    #[inline]
    pub fn parse(value: &'a [u8]) -> Result<Self, EnvelopeError> {
        let Some((fixed, rest)) = value.split_first_chunk() else {
            return Err(EnvelopeError::TooShort { len: value.len() });
        };
        if rest.is_empty() {
            return Err(EnvelopeError::TooShort { len: value.len() });
        }
        header::check_version(fixed)?;
        let header = EnvelopeHeader::read(fixed);

        let (schema_version, rest) = header::schema_version(rest)?;
        let (payload, signature) =
            if header.signed { split_signature(rest)? } else { (rest, None) };
        let EnvelopeHeader { timestamp, tombstone, codec, not_after, .. } = header;
        if tombstone {
            check_tombstone(payload, codec)?;
        }
        Ok(Self { timestamp, tombstone, codec, not_after, schema_version, payload, signature })
    }

    /// Returns what the value says, whenever it was written: values without clock, lease and signature are equal
    /// if this is.
    pub(crate) const fn content(&self) -> Content<'a> {
        let Self { tombstone, codec, schema_version, payload, .. } = *self;
        Content { tombstone, codec, schema_version, payload }
    }

    /// Returns whether the lease has ended at `now_ms`, in unix milliseconds.
    ///
    /// It lasts until the millisecond before `not_after`.
    #[must_use]
    #[inline]
    pub const fn is_over(&self, now_ms: u64) -> bool {
        is_over(self.not_after, now_ms)
    }
}

/// What a value says. Two payloads of different codecs or versions never mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content<'a> {
    tombstone: bool,
    codec: u8,
    schema_version: u32,
    payload: &'a [u8],
}

/// Refuses a tombstone with anything that could be said in two ways.
fn check_tombstone(payload: &[u8], codec: u8) -> Result<(), EnvelopeError> {
    if !payload.is_empty() {
        return Err(EnvelopeError::TombstoneWithPayload { len: payload.len() });
    }
    // No payload, no codec: programs that write different ones still write the same tombstone, and programs that
    // read different ones all understand it.
    if codec != 0 { Err(EnvelopeError::TombstoneWithCodec { found: codec }) } else { Ok(()) }
}

type Signed<'a> = (&'a [u8], Option<Signature<'a>>);

#[inline]
fn split_signature(bytes: &[u8]) -> Result<Signed<'_>, EnvelopeError> {
    let cut = EnvelopeError::SignatureCut { available: bytes.len() };
    let Some((rest, signature)) = bytes.split_last_chunk() else { return Err(cut) };
    let Some((payload, public_key)) = rest.split_last_chunk() else { return Err(cut) };
    Ok((payload, Some(Signature { public_key, bytes: signature })))
}
