//! Why a key has no bytes, or bytes are no key.

use std::str::Utf8Error;

use super::{MAX_KEY_BYTES, MAX_KEY_DEPTH};

/// Why a key has no bytes, or bytes are no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The bytes end within the key.
    #[error("key bytes end inside the key")]
    Truncated,
    /// The bytes go on after the key.
    #[error("{count} trailing bytes after the key")]
    TrailingBytes {
        /// How many bytes were left.
        count: usize,
    },
    /// The key has more than [`MAX_KEY_BYTES`] bytes.
    #[error(
        "key takes more than {MAX_KEY_BYTES} bytes, where text and bytes take one more than they have, and one more for each 0x00 and 0x01 in them; shorten it, or use a hash of it"
    )]
    TooLong,
    /// The key nests deeper than [`MAX_KEY_DEPTH`].
    #[error("key is nested deeper than {MAX_KEY_DEPTH} levels; use a flatter type")]
    TooDeep,
    /// A byte that cannot stand where it stands.
    #[error("invalid byte {byte:#04x} in a key: expected {expected}")]
    InvalidByte {
        /// The byte.
        byte: u8,
        /// What can stand there.
        expected: &'static str,
    },
    /// An enum has no such variant; a newer version of the type may.
    #[error("invalid ordinal {ordinal}: the enum has {variants} variants")]
    InvalidOrdinal {
        /// The ordinal found.
        ordinal: u8,
        /// How many variants this version of the enum has.
        variants: usize,
    },
    /// Text is not UTF-8.
    #[error("text in a key is not UTF-8: {source}")]
    NotUtf8 {
        /// Where it stops being UTF-8.
        source: Utf8Error,
    },
    /// A surrogate, or a number beyond the last character.
    #[error("invalid character {code:#x} in a key")]
    InvalidChar {
        /// The number found.
        code: u32,
    },
    /// A whole second or more where its nanoseconds stand.
    #[error("invalid nanoseconds {nanos} in a key: a second has 1000000000")]
    InvalidNanos {
        /// The number found.
        nanos: u32,
    },
    /// A time that the bytes, or this platform's `SystemTime`, cannot express.
    ///
    /// On Windows that is also one with a fraction of 100 ns.
    #[error("time in a key is out of range")]
    TimeOutOfRange,
    /// A value that the type's own rules refuse. For implementations by hand.
    #[error("invalid key: expected {expected}")]
    Invalid {
        /// What the value should have been.
        expected: &'static str,
    },
}
