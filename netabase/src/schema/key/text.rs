//! Text. Bytes are a vector of `u8`, which lets its items write themselves.

use super::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

impl NetabaseSchemaKey for String {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.escaped(self.as_bytes());
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        Self::from_utf8(input.escaped()?)
            .map_err(|error| KeyError::NotUtf8 { source: error.utf8_error() })
    }
}
