//! Tells payloads that a program can decode from those it can only pass on. Decodes nothing.

use super::error::RecordError;
use crate::schema::{CODEC, Envelope};

/// Checks that a program with version `expected` of a schema can decode the payload.
///
/// # Errors
///
/// - [`RecordError::Version`] if the value was written by another version of the schema, whatever its codec.
/// - [`RecordError::UnsupportedCodec`] if only the codec is another.
pub(crate) fn check_readable(
    schema: &'static str,
    expected: u32,
    envelope: &Envelope<'_>,
) -> Result<(), RecordError> {
    match *envelope {
        Envelope { schema_version: found, .. } if found != expected => {
            Err(RecordError::Version { schema, expected, found })
        }
        Envelope { codec: CODEC, .. } => Ok(()),
        Envelope { codec: found, .. } => Err(RecordError::UnsupportedCodec { schema, found }),
    }
}
