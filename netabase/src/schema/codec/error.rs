//! The errors of encoding a value and of decoding a payload.

use std::fmt::Display;

use serde::{de, ser};

use super::MAX_DEPTH;

/// Why a value could not be encoded.
///
/// A value is refused as well when its bytes could not be decoded again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The payload is longer than the limit.
    #[error("payload exceeds the limit of {max} bytes")]
    TooLarge {
        /// The limit, in bytes.
        max: usize,
    },

    /// The value nests deeper than a payload may.
    #[error("value is nested more than {} levels deep", MAX_DEPTH)]
    TooDeep,

    /// An element of a sequence, or a whole entry of a map, has no bytes, like `()`.
    #[error("sequence or map with elements that take no bytes, such as `()`")]
    ZeroSizedElement,

    /// A sequence or map did not say its length up front, as with `#[serde(flatten)]`.
    #[error("sequence or map without a known length, such as a flattened struct")]
    UnknownLength,

    /// A sequence or map had more or fewer elements than it said.
    #[error("sequence or map announced {announced} elements and wrote {written}")]
    LengthMismatch {
        /// How many elements it said it had.
        announced: usize,
        /// How many elements it had.
        written: usize,
    },

    /// A map has two entries whose keys have the same bytes.
    #[error("map with two entries of one key")]
    RepeatedMapKey,

    /// A field was left out by `#[serde(skip_serializing_if)]`; the decoder expects all of them.
    #[error(
        "field `{field}` was skipped, but every field has its place: remove `skip_serializing_if`"
    )]
    SkippedField {
        /// The field's name.
        field: &'static str,
    },

    /// The type's own `Serialize` implementation failed, with this text.
    #[error("{0}")]
    Custom(String),
}

/// Why bytes could not be decoded.
///
/// An `offset` counts bytes from the start of the payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The payload ends in the middle of a value.
    #[error("payload ends inside the value that begins at byte {offset}")]
    UnexpectedEnd {
        /// Where the unfinished part begins.
        offset: usize,
    },

    /// A string, sequence or map claims to be longer than the payload.
    #[error("length {len} at byte {offset} exceeds the bytes that follow it")]
    LengthTooLarge {
        /// Where the length is.
        offset: usize,
        /// The length: bytes, elements or entries.
        len: u64,
    },

    /// Bytes are left over after the value.
    #[error("{count} bytes follow the value, which ends at byte {offset}")]
    TrailingBytes {
        /// Where the value ends.
        offset: usize,
        /// How many bytes follow it.
        count: usize,
    },

    /// An integer, a length or a tag is not in its shortest encoding.
    #[error("integer at byte {offset} is longer than needed")]
    NonCanonicalInteger {
        /// Where the integer is.
        offset: usize,
    },

    /// An integer is wider than its type.
    #[error("integer at byte {offset} is too wide for its type")]
    IntegerTooWide {
        /// Where the integer is.
        offset: usize,
    },

    /// A `bool` is neither 0 nor 1.
    #[error("bool at byte {offset} is {found}, not 0 or 1")]
    InvalidBool {
        /// Where the bool is.
        offset: usize,
        /// What is there.
        found: u8,
    },

    /// The tag of an `Option` is neither 0 nor 1.
    #[error("option at byte {offset} is tagged {found}, not 0 or 1")]
    InvalidOption {
        /// Where the tag is.
        offset: usize,
        /// What is there.
        found: u8,
    },

    /// A `char` is not one scalar value in UTF-8.
    #[error("char at byte {offset} is not valid")]
    InvalidChar {
        /// Where the char is.
        offset: usize,
    },

    /// A string is not UTF-8.
    #[error("string is not UTF-8 at byte {offset}")]
    InvalidUtf8 {
        /// Where the first byte is that does not belong.
        offset: usize,
    },

    /// The value nests deeper than a payload may.
    #[error("value is nested more than {} levels deep at byte {offset}", MAX_DEPTH)]
    TooDeep {
        /// Where the level too many begins.
        offset: usize,
    },

    /// An element of a sequence, or a whole entry of a map, takes no bytes.
    #[error("element at byte {offset} takes no bytes")]
    ZeroSizedElement {
        /// Where the element is.
        offset: usize,
    },

    /// A map's key is not larger, by its bytes, than the one before.
    #[error("the map key at byte {offset} is not larger than the one before")]
    UnsortedMap {
        /// Where the key is.
        offset: usize,
    },

    /// A `Duration` or a `SystemTime` has a second or more in its nanoseconds.
    #[error("duration or time at byte {offset} has 1,000,000,000 nanoseconds or more")]
    NonCanonicalTime {
        /// Where it is.
        offset: usize,
    },

    /// The type's `Deserialize` implementation did not read a whole sequence or map.
    #[error("{count} elements at byte {offset} were not read")]
    UnreadElements {
        /// Where the first unread element begins.
        offset: usize,
        /// How many elements were left.
        count: usize,
    },

    /// The type asks the bytes what they are, as `#[serde(untagged)]`, `#[serde(tag = "…")]` and
    /// `#[serde(flatten)]` do.
    #[error("payload does not describe itself: `untagged`, `tag` and `flatten` cannot be read")]
    NotSelfDescribing,

    /// The type's own `Deserialize` implementation refused the value, with this text.
    #[error("{0}")]
    Custom(String),
}

impl ser::Error for EncodeError {
    #[cold]
    fn custom<T: Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}

impl de::Error for DecodeError {
    #[cold]
    fn custom<T: Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}
