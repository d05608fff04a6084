//! Reads primitives, lengths and slices from a payload, each checked.

use std::str::Utf8Error;

use bincode::{
    config::{self, Configuration},
    de::{Decode, Decoder as _, DecoderImpl, read::Reader},
    error::DecodeError as PrimitiveError,
};

use super::{DecodeError, Path, Segment};

/// A payload, and how far it is read.
pub(super) struct Input<'de> {
    decoder: DecoderImpl<Rest<'de>, Configuration, ()>,
    len: usize,
    /// Where decoding failed; empty as long as it has not.
    path: Path,
}

impl<'de> Input<'de> {
    #[inline]
    pub(super) fn new(payload: &'de [u8]) -> Self {
        let rest = Rest { bytes: payload };
        let decoder = DecoderImpl::new(rest, config::standard(), ());
        Self { decoder, len: payload.len(), path: Path::default() }
    }

    #[inline]
    pub(super) fn primitive<T: Decode<()>>(&mut self) -> Result<T, DecodeError> {
        let left = self.left();
        T::decode(&mut self.decoder).map_err(|error| refused(&error, self.len - left))
    }

    /// An integer in its shortest form: bincode takes longer ones too, and a value would have many
    /// encodings.
    #[inline]
    pub(super) fn integer<T: Varint>(&mut self) -> Result<T, DecodeError> {
        match self.rest().split_first() {
            // Most are lengths and tags, and small.
            Some((&byte, rest)) if byte <= LARGEST_BYTE => {
                self.decoder.reader().bytes = rest;
                Ok(T::of_byte(byte))
            }
            _ => self.long_integer(),
        }
    }

    fn long_integer<T: Varint>(&mut self) -> Result<T, DecodeError> {
        let left = self.left();
        let value = self.primitive::<T>()?;
        if left - self.left() == value.shortest() {
            Ok(value)
        } else {
            Err(DecodeError::NonCanonicalInteger { offset: self.len - left })
        }
    }

    /// The length of something that takes at least one byte for each of it.
    #[inline]
    pub(super) fn length(&mut self) -> Result<usize, DecodeError> {
        let left = self.left();
        let len = self.integer::<u64>()?;
        match usize::try_from(len) {
            Ok(len) if len <= self.left() => Ok(len),
            _ => Err(DecodeError::LengthTooLarge { offset: self.len - left, len }),
        }
    }

    /// A length, then that many bytes, straight from the payload.
    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'de [u8], DecodeError> {
        let len = self.length()?;
        let (bytes, rest) = self.rest().split_at(len);
        self.decoder.reader().bytes = rest;
        Ok(bytes)
    }

    #[inline]
    pub(super) fn text(&mut self) -> Result<&'de str, DecodeError> {
        let bytes = self.bytes()?;
        str::from_utf8(bytes).map_err(|error| self.invalid_utf8(bytes.len(), error))
    }

    /// As [`text`](Self::text), exactly sized. The copy comes before the check, which is faster where the bytes are
    /// aligned.
    #[inline]
    pub(super) fn owned_text(&mut self) -> Result<String, DecodeError> {
        let bytes = self.bytes()?;
        String::from_utf8(bytes.to_vec())
            .map_err(|error| self.invalid_utf8(bytes.len(), error.utf8_error()))
    }

    #[cold]
    fn invalid_utf8(&mut self, len: usize, error: Utf8Error) -> DecodeError {
        let start = self.offset() - len;
        DecodeError::InvalidUtf8 { offset: start + error.valid_up_to() }
    }

    /// How many bytes have been read.
    #[inline]
    pub(super) fn offset(&mut self) -> usize {
        self.len - self.left()
    }

    /// How many bytes have not been read.
    #[inline]
    pub(super) fn left(&mut self) -> usize {
        self.rest().len()
    }

    /// Notes on an error's way out which container it happened in.
    #[cold]
    pub(super) fn failed_in(&mut self, segment: Segment, error: DecodeError) -> DecodeError {
        self.path.push(segment);
        error
    }

    /// Returns where decoding failed.
    pub(super) fn into_path(self) -> Path {
        self.path
    }

    #[inline]
    pub(super) fn finish(&mut self) -> Result<(), DecodeError> {
        match self.left() {
            0 => Ok(()),
            count => Err(DecodeError::TrailingBytes { offset: self.offset(), count }),
        }
    }

    /// Returns the bytes that have not been read.
    #[inline]
    pub(super) fn rest(&mut self) -> &'de [u8] {
        self.decoder.reader().bytes
    }
}

#[cold]
fn refused(error: &PrimitiveError, offset: usize) -> DecodeError {
    match *error {
        PrimitiveError::UnexpectedEnd { .. } => DecodeError::UnexpectedEnd { offset },
        PrimitiveError::InvalidIntegerType { .. } => DecodeError::IntegerTooWide { offset },
        PrimitiveError::InvalidBooleanValue(found) => DecodeError::InvalidBool { offset, found },
        PrimitiveError::InvalidCharEncoding(_) => DecodeError::InvalidChar { offset },
        ref other => DecodeError::Custom(other.to_string()),
    }
}

struct Rest<'de> {
    bytes: &'de [u8],
}

impl Reader for Rest<'_> {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> Result<(), PrimitiveError> {
        let Some((read, rest)) = self.bytes.split_at_checked(into.len()) else {
            return Err(PrimitiveError::UnexpectedEnd {
                additional: into.len() - self.bytes.len(),
            });
        };
        into.copy_from_slice(read);
        self.bytes = rest;
        Ok(())
    }

    #[inline]
    fn peek_read(&mut self, len: usize) -> Option<&[u8]> {
        self.bytes.get(..len)
    }

    #[inline]
    fn consume(&mut self, len: usize) {
        self.bytes = self.bytes.get(len..).unwrap_or_default();
    }
}

/// What a byte alone says; larger ones are tags.
const LARGEST_BYTE: u8 = 250;

/// An integer of variable length: one byte up to 250, else a tag and 2, 4, 8 or 16 bytes.
pub(super) trait Varint: Decode<()> + Copy {
    /// The integer that a byte alone says, which is no tag.
    fn of_byte(byte: u8) -> Self;

    /// The length of this integer's shortest encoding.
    fn shortest(self) -> usize;
}

macro_rules! varints {
    ($($unsigned:ty, $signed:ty;)*) => {$(
        impl Varint for $unsigned {
            #[inline]
            fn of_byte(byte: u8) -> Self {
                byte.into()
            }

            #[inline]
            fn shortest(self) -> usize {
                match self.max(1).ilog2() {
                    _ if self <= LARGEST_BYTE.into() => 1,
                    ..16 => 3,
                    ..32 => 5,
                    ..64 => 9,
                    _ => 17,
                }
            }
        }

        impl Varint for $signed {
            #[inline]
            fn of_byte(byte: u8) -> Self {
                // Zigzag.
                <$signed>::from(byte >> 1) ^ -<$signed>::from(byte & 1)
            }

            #[inline]
            fn shortest(self) -> usize {
                // Zigzag, as bincode writes it: 0, -1, 1, -2, …
                ((self << 1) ^ (self >> (<$signed>::BITS - 1))).cast_unsigned().shortest()
            }
        }
    )*};
}

varints! {
    u16, i16;
    u32, i32;
    u64, i64;
    u128, i128;
}
