//! Peer ids as keys.

use libp2p::{PeerId, multihash::Multihash};

use crate::schema::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

/// The bytes of its multihash: code, length, digest. The length makes it self-delimiting, and
/// `PeerId` orders by code, length and digest too.
impl NetabaseSchemaKey for PeerId {
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.raw(&self.to_bytes());
    }

    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        let [code, len] = input.array::<2>()?;
        let mut digest = [0; 64];
        let digest = digest
            .get_mut(..usize::from(len))
            .ok_or(KeyError::Invalid { expected: "a digest of at most 64 bytes" })?;
        for byte in &mut *digest {
            *byte = input.byte()?;
        }
        // Both codes that a peer id can have (identity and SHA-256) take one byte.
        Multihash::wrap(u64::from(code), digest)
            .ok()
            .and_then(|multihash| Self::from_multihash(multihash).ok())
            .ok_or(KeyError::Invalid { expected: "a peer id" })
    }
}
