//! Appends encoded bytes to a buffer, up to a limit; bincode encodes the primitives.

use bincode::{
    config::{self, Configuration},
    enc::{Encode, Encoder as _, EncoderImpl, write::Writer},
    error::EncodeError as PrimitiveError,
};

use super::{EncodeError, Path, Segment};

/// The end of a buffer, with a limit to what is appended.
pub(super) struct Output<'o> {
    encoder: EncoderImpl<Limited<'o>, Configuration>,
    max: usize,
    /// Where encoding failed; empty as long as it has not.
    path: Path,
}

impl<'o> Output<'o> {
    #[inline]
    pub(super) fn new(out: &'o mut Vec<u8>, max: usize) -> Self {
        let end = out.len().saturating_add(max);
        Self {
            encoder: EncoderImpl::new(Limited { out, end }, config::standard()),
            max,
            path: Path::default(),
        }
    }

    #[inline]
    pub(super) fn primitive(&mut self, value: impl Encode) -> Result<(), EncodeError> {
        value.encode(&mut self.encoder).map_err(|error| self.refused(&error))
    }

    #[inline]
    pub(super) fn length(&mut self, len: usize) -> Result<(), EncodeError> {
        self.primitive(len)
    }

    /// A length, then that many bytes.
    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.length(bytes.len())?;
        self.encoder.writer().write(bytes).map_err(|error| self.refused(&error))
    }

    /// Returns the position of the next byte in the buffer.
    #[inline]
    pub(super) fn position(&mut self) -> usize {
        self.encoder.writer().out.len()
    }

    /// Returns what was written from a [position](Self::position) on.
    #[inline]
    pub(super) fn written(&mut self, from: usize) -> &[u8] {
        &self.encoder.writer().out[from..]
    }

    /// Writes the bytes from a position on anew: as many, in another order.
    pub(super) fn rewrite<'p>(&mut self, from: usize, parts: impl Iterator<Item = &'p [u8]>) {
        let out = &mut *self.encoder.writer().out;
        out.truncate(from);
        parts.for_each(|part| out.extend_from_slice(part));
    }

    /// Notes on an error's way out which container it happened in.
    #[cold]
    pub(super) fn failed_in(&mut self, segment: Segment, error: EncodeError) -> EncodeError {
        self.path.push(segment);
        error
    }

    /// Returns where encoding failed.
    pub(super) fn into_path(self) -> Path {
        self.path
    }

    #[cold]
    fn refused(&self, error: &PrimitiveError) -> EncodeError {
        match error {
            PrimitiveError::UnexpectedEnd => EncodeError::TooLarge { max: self.max },
            other => EncodeError::Custom(other.to_string()),
        }
    }
}

struct Limited<'o> {
    out: &'o mut Vec<u8>,
    /// The length `out` may reach.
    end: usize,
}

impl Writer for Limited<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), PrimitiveError> {
        if self.end - self.out.len() < bytes.len() {
            return Err(PrimitiveError::UnexpectedEnd);
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}
