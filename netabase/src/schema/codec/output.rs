//! Where encoded bytes go, and how primitives get there.

use bincode::{
    config::{self, Configuration},
    enc::{Encode, Encoder as _, EncoderImpl, write::Writer},
    error::EncodeError as PrimitiveError,
};

use super::EncodeError;

/// The end of a buffer, with a limit to what is appended.
pub(super) struct Output<'o> {
    encoder: EncoderImpl<Limited<'o>, Configuration>,
    max: usize,
}

impl<'o> Output<'o> {
    #[inline]
    pub(super) fn new(out: &'o mut Vec<u8>, max: usize) -> Self {
        let end = out.len().saturating_add(max);
        Self { encoder: EncoderImpl::new(Limited { out, end }, config::standard()), max }
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

    /// Where the next byte goes.
    #[inline]
    pub(super) fn position(&mut self) -> usize {
        self.encoder.writer().out.len()
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
