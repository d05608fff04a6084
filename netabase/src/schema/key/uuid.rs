//! Uuids as keys: their 16 bytes.

use uuid::Uuid;

use super::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

impl NetabaseSchemaKey for Uuid {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.raw(self.as_bytes());
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        input.array().map(Self::from_bytes)
    }
}
