//! Reads key bytes, which may come from anywhere.

use super::{
    KeyError, MAX_KEY_BYTES, MAX_KEY_DEPTH,
    escape::{self, ESCAPE, TERMINATOR},
};

/// Reads the bytes of one key, which may come from anywhere.
///
/// # Examples
///
/// ```
/// use netabase::{KeyError, KeyReader};
///
/// let mut input = KeyReader::new(b"\x00\x07a\x01\x00\x00");
/// assert_eq!(u16::from_be_bytes(input.array()?), 7);
/// assert_eq!(input.escaped()?, b"a\0");
/// input.finish()?;
/// # Ok::<(), KeyError>(())
/// ```
#[derive(Debug)]
pub struct KeyReader<'a> {
    rest: &'a [u8],
    depth: u8,
    /// The bytes were too many for a key; `rest` is empty, so that no read has to look here.
    too_long: bool,
}

impl<'a> KeyReader<'a> {
    /// Reads a key from the front of `bytes`.
    ///
    /// More than [`MAX_KEY_BYTES`] are never a key: then reading fails with [`KeyError::TooLong`].
    #[inline]
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let too_long = bytes.len() > MAX_KEY_BYTES;
        Self { rest: if too_long { &[] } else { bytes }, depth: 0, too_long }
    }

    /// Reads `N` bytes as they are.
    ///
    /// # Errors
    ///
    /// [`KeyError::Truncated`] if there are fewer.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], KeyError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(self.out_of_bytes());
        };
        self.rest = rest;
        Ok(*bytes)
    }

    /// Reads one byte.
    ///
    /// # Errors
    ///
    /// [`KeyError::Truncated`] if there is none.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, KeyError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// Reads what [`KeyWriter::escaped`](super::KeyWriter::escaped) wrote, up to and with the terminator.
    ///
    /// # Errors
    ///
    /// - [`KeyError::Truncated`] if there is no terminator.
    /// - [`KeyError::InvalidByte`] if an escape is followed by a byte that needs none.
    #[inline]
    pub fn escaped(&mut self) -> Result<Vec<u8>, KeyError> {
        let plain = self.until_special()?;
        match self.byte()? {
            TERMINATOR => Ok(plain.to_vec()),
            _escape => self.unescape_from(plain),
        }
    }

    /// Reads the ordinal of an enum with so many variants.
    ///
    /// # Errors
    ///
    /// - [`KeyError::InvalidOrdinal`] if there is no such variant.
    /// - [`KeyError::Truncated`] if there is no byte.
    ///
    /// # Examples
    ///
    /// ```
    /// use netabase::{KeyError, KeyReader};
    ///
    /// assert_eq!(KeyReader::new(&[2]).ordinal(3), Ok(2));
    /// let refused = KeyReader::new(&[3]).ordinal(3);
    /// assert_eq!(refused, Err(KeyError::InvalidOrdinal { ordinal: 3, variants: 3 }));
    /// ```
    #[inline]
    pub fn ordinal(&mut self, variants: usize) -> Result<u8, KeyError> {
        let ordinal = self.byte()?;
        if usize::from(ordinal) < variants {
            Ok(ordinal)
        } else {
            Err(KeyError::InvalidOrdinal { ordinal, variants })
        }
    }

    /// Reads a composite, one level deeper.
    ///
    /// # Errors
    ///
    /// [`KeyError::TooDeep`] at [`MAX_KEY_DEPTH`], without calling `read`; else what `read` returns.
    #[inline]
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        if self.depth == MAX_KEY_DEPTH {
            return Err(KeyError::TooDeep);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Ends the key.
    ///
    /// # Errors
    ///
    /// - [`KeyError::TrailingBytes`] if there are bytes left.
    /// - [`KeyError::TooLong`] if there were too many to begin with.
    #[inline]
    pub fn finish(self) -> Result<(), KeyError> {
        match self.rest.len() {
            0 if self.too_long => Err(KeyError::TooLong),
            0 => Ok(()),
            count => Err(KeyError::TrailingBytes { count }),
        }
    }

    /// Reads a byte that says whether more follows: `00` or `01`.
    #[inline]
    pub(super) fn flag(&mut self) -> Result<bool, KeyError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            byte => Err(KeyError::InvalidByte { byte, expected: "0x00 or 0x01" }),
        }
    }

    /// How many bytes are left.
    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Reads up to the next terminator or escape, and leaves that.
    #[inline]
    fn until_special(&mut self) -> Result<&'a [u8], KeyError> {
        let Some(at) = escape::find(self.rest) else {
            return Err(self.out_of_bytes());
        };
        let (plain, rest) = self.rest.split_at(at);
        self.rest = rest;
        Ok(plain)
    }

    /// Goes on behind `plain` and the escape after it.
    fn unescape_from(&mut self, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut bytes = plain.to_vec();
        loop {
            match self.byte()? {
                byte @ (TERMINATOR | ESCAPE) => bytes.push(byte),
                byte => {
                    return Err(KeyError::InvalidByte {
                        byte,
                        expected: "0x00 or 0x01 after the escape 0x01",
                    });
                }
            }
            bytes.extend_from_slice(self.until_special()?);
            if self.byte()? == TERMINATOR {
                return Ok(bytes);
            }
        }
    }

    #[cold]
    fn out_of_bytes(&self) -> KeyError {
        if self.too_long { KeyError::TooLong } else { KeyError::Truncated }
    }
}
