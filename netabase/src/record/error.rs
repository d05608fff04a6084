//! Why records and values are refused. A text alone tells the cause, which `source` gives as well.

use crate::schema::{
    Access, CODEC, DecodeError, EnvelopeError, Invalid, KeyError, RoundTripError, Timestamp,
};

/// Why a record and a value could not be turned into each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The record key does not start as a Netabase key does.
    #[error("not a netabase record: its key does not read `/netabase/<schema>/<access>…`")]
    ForeignKey,
    /// The record belongs to another schema.
    #[error("record of schema `{found}` where `{expected}` was expected")]
    WrongSchema {
        /// The schema that was asked for.
        expected: &'static str,
        /// The schema the record key names.
        found: String,
    },
    /// The record key names another kind of access than its schema declares.
    #[error("record key of schema `{schema}` says {found:?}, but the schema is {expected:?}")]
    WrongAccess {
        /// The schema.
        schema: &'static str,
        /// What the schema declares.
        expected: Access,
        /// What the record key says.
        found: Access,
    },
    /// The key bytes are not those of the schema's key.
    #[error("not a key of its schema: {0}")]
    Key(#[from] KeyError),
    /// An indexed field of a value, or what is looked up in an index, has no key bytes.
    #[error("index `{index}` of schema `{schema}` cannot hold the value: {source}")]
    IndexKey {
        /// The schema.
        schema: &'static str,
        /// The index.
        index: &'static str,
        /// Why not.
        source: KeyError,
    },
    /// The value has more entries in its schema's indexes than a record may have.
    #[error(
        "the indexed fields of the `{schema}` value take {len} bytes, more than {max_bytes}; index fewer elements"
    )]
    TooManyEntries {
        /// The schema.
        schema: &'static str,
        /// What they take, in bytes.
        len: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// The whole record key is too long.
    #[error("record key of {len} bytes exceeds the limit of {max_bytes} bytes; shorten the key")]
    KeyTooLong {
        /// Its length, in bytes.
        len: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// The value does not start with a valid envelope.
    #[error("the record's value has no valid envelope: {0}")]
    Envelope(#[from] EnvelopeError),
    /// The value was written by another version of the schema.
    #[error("record of `{schema}` version {found}, but this program knows version {expected}")]
    Version {
        /// The schema.
        schema: &'static str,
        /// The version this program has.
        expected: u32,
        /// The version in the record.
        found: u32,
    },
    /// The value's payload has another codec than this program reads.
    #[error(
        "record of `{schema}` has payload codec {found}, but this program reads codec {}",
        CODEC
    )]
    UnsupportedCodec {
        /// The schema.
        schema: &'static str,
        /// The codec in the record, from 1 to 7.
        found: u8,
    },
    /// The payload is not the bytes of the schema's type.
    #[error("the payload does not decode: {0}")]
    Decode(#[from] DecodeError),
    /// The value cannot be encoded, or would not be read back as it is.
    #[error(transparent)]
    RoundTrip(#[from] RoundTripError),
    /// The value is longer than its schema allows.
    #[error("`{schema}` value of {len} bytes exceeds the schema's limit of {max_bytes} bytes")]
    TooLarge {
        /// The schema.
        schema: &'static str,
        /// Its length, in bytes, envelope included.
        len: usize,
        /// The limit, in bytes: `#[netabase(max_size = …)]`.
        max_bytes: usize,
    },
    /// The key in the record is not the key of the value in it.
    #[error("the key of the record is not the key of its `{schema}` value")]
    KeyMismatch {
        /// The schema.
        schema: &'static str,
    },
    /// The record is a tombstone: its value was removed.
    #[error("the record was deleted at {at}")]
    Deleted {
        /// When, by its writer's clock.
        at: Timestamp,
    },
    /// The schema's own `validate` function refused the value.
    #[error("the value is not a valid `{schema}`: {source}")]
    Invalid {
        /// The schema.
        schema: &'static str,
        /// What the function said.
        source: Invalid,
    },
    /// Only records of owned schemas are signed; on others a signature says nothing.
    #[error("a record of `{schema}`, which is not owned, must not be signed")]
    UnexpectedSignature {
        /// The schema.
        schema: &'static str,
    },
    /// Records of an `owned` schema must be signed by their owner; this one, or a bare value that was
    /// to become one, is not.
    #[error(
        "a record of the owned schema `{schema}` must be signed by its owner; a store does that: use `database.to_record(&value)`"
    )]
    Unsigned {
        /// The schema.
        schema: String,
    },
    /// The record's key names another owner than the value's signer.
    #[error("a record of the owned schema `{schema}` is signed by somebody who does not own it")]
    WrongSigner {
        /// The schema.
        schema: String,
    },
    /// The signature is not the owner's, or was made for another key, value or network.
    #[error("the signature does not hold for this key and value in this network")]
    BadSignature,
    /// A local schema's values are merged, so a tombstone, which ends merging, has no place there.
    #[error("a tombstone of schema `{schema}`, whose values are merged")]
    UnexpectedTombstone {
        /// The schema.
        schema: &'static str,
    },
}
