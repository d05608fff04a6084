//! Payload bytes: bincode 2 `config::standard()` through serde, read as if an enemy wrote them.
//!
//! bincode alone lets a few bytes ask for terabytes, overflow the stack, or spin for hours. So
//! serde talks to [`Encoder`] and [`Decoder`], which own the *shape* (lengths, tags, depth), and
//! only the primitives go to bincode. The bytes are bincode's own, one for one.
//!
//! Both sides apply the same rules, so that whatever was encoded also decodes:
//!
//! - Nothing is longer than the bytes left: a length is checked before anything is allocated.
//! - An element of a sequence, and an entry of a map, is at least one byte long. With the rule
//!   above, this bounds elements by the length of the input; they need no budget of their own.
//! - Containers are at most [`MAX_DEPTH`] deep.
//! - An integer, a length or a tag has one encoding, the shortest.
//! - The entries of a map ascend by the bytes of their keys, and no key is there twice.
//! - A `Duration` and a `SystemTime` have less than a second of nanoseconds.
//! - Every byte is part of the value.

mod error;

mod path;

mod output;

mod encoder;

mod input;

mod decoder;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::error::{DecodeError, EncodeError};
pub(crate) use self::path::{Path, Segment};
use self::{decoder::Decoder, encoder::Encoder, input::Input, output::Output};

/// How deep a value may nest.
///
/// Sequences, maps, tuples, structs, newtypes, `Some` and enum variants with content count one.
/// In a debug build, values of small types that are 64 deep pass through on 96 KiB of stack.
const MAX_DEPTH: u8 = 64;

/// Appends the payload of `value` to `out`, at most `max` bytes.
///
/// # Errors
///
/// [`EncodeError`] if the value is longer than `max`, or would not decode. `out` is then as it was.
/// One thing does not show while encoding: a type that decodes by asking the bytes what they are
/// ([`DecodeError::NotSelfDescribing`]).
pub(crate) fn encode<T: Serialize + ?Sized>(
    value: &T,
    out: &mut Vec<u8>,
    max: usize,
) -> Result<(), EncodeError> {
    let start = out.len();
    let encoded = value.serialize(Encoder::new(&mut Output::new(out, max)));
    if encoded.is_err() {
        out.truncate(start);
    }
    encoded
}

/// Returns the place in `value` whose encoding fails, or takes the byte at `max`.
#[cold]
pub(crate) fn encode_path<T: Serialize + ?Sized>(value: &T, max: usize) -> Path {
    let mut out = Vec::new();
    let mut output = Output::new(&mut out, max);
    // Whether it fails, and why, is known to the caller.
    let _ = value.serialize(Encoder::new(&mut output));
    output.into_path()
}

/// Reads a value from all of `payload`; text and bytes can borrow from it.
///
/// Allocates at most, besides 64 KiB, four times the length of its strings and bytes; for a
/// sequence three times, and for a hash map five times, the size in memory of the elements present.
/// (A B-tree's first node has room for eleven.)
///
/// # Errors
///
/// [`DecodeError`] if the bytes are not those [`encode`] writes for a `T`.
pub(crate) fn decode<'de, T: Deserialize<'de>>(payload: &'de [u8]) -> Result<T, DecodeError> {
    let mut input = Input::new(payload);
    let value = T::deserialize(Decoder::new(&mut input))?;
    input.finish()?;
    Ok(value)
}

/// Reads a value from the front of `payload`, and returns how many bytes it takes.
///
/// # Errors
///
/// As [`decode`], but for bytes that follow the value.
pub(crate) fn decode_front<'de, T: Deserialize<'de>>(
    payload: &'de [u8],
) -> Result<(T, usize), DecodeError> {
    let mut input = Input::new(payload);
    let value = T::deserialize(Decoder::new(&mut input))?;
    Ok((value, input.offset()))
}

/// Returns the place in a `T` that cannot be decoded from `payload`.
#[cold]
pub(crate) fn decode_path<'de, T: Deserialize<'de>>(payload: &'de [u8]) -> Path {
    let mut input = Input::new(payload);
    // As above: only the path is asked for.
    let _ = T::deserialize(Decoder::new(&mut input));
    input.into_path()
}
