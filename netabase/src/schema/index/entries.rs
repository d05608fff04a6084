//! What a value is found by in its schema's indexes, as bytes.

use crate::schema::key::{KeyError, KeyWriter, NetabaseSchemaKey};

/// The index entries of one value, as bytes: for each the index, a length and the key bytes.
#[derive(Debug)]
pub struct IndexWriter<'a> {
    out: &'a mut Vec<u8>,
    /// The index whose key was refused first, and why.
    error: Option<(usize, KeyError)>,
}

/// An index id and a length in front of each entry.
const ENTRY_HEADER: usize = 1 + 2;

impl<'a> IndexWriter<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, error: None }
    }

    /// Adds the entry of a key to the index at this place.
    #[doc(hidden)]
    pub fn entry<K: NetabaseSchemaKey>(&mut self, index: usize, key: &K) {
        self.entry_with(index, |out| key.encode_key(out));
    }

    /// As [`entry`](Self::entry), the key bytes written by a closure.
    #[doc(hidden)]
    pub fn entry_with(&mut self, index: usize, write: impl FnOnce(&mut KeyWriter<'_>)) {
        if self.error.is_some() {
            return;
        }
        let start = self.out.len();
        self.out
            .push(u8::try_from(index).expect("a store takes no schema of more than 256 indexes"));
        self.out.extend_from_slice(&[0; 2]);
        let mut writer = KeyWriter::new(self.out);
        write(&mut writer);
        match writer.finish() {
            Ok(()) => {
                let len = self.out.len() - start - ENTRY_HEADER;
                let len = u16::try_from(len).expect("keys have at most 1,024 bytes");
                self.out[start + 1..start + ENTRY_HEADER].copy_from_slice(&len.to_be_bytes());
            }
            Err(error) => {
                self.out.truncate(start);
                self.error = Some((index, error));
            }
        }
    }

    /// Drops entries that stand twice: an element may, in a collection. An error says of which index it is.
    pub(crate) fn finish(self) -> Result<(), (usize, KeyError)> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut entries: Vec<_> = index_entries(self.out).collect();
        let count = entries.len();
        entries.sort_unstable();
        entries.dedup();
        if entries.len() < count {
            let mut once = Vec::with_capacity(self.out.len());
            let mut writer = IndexWriter::new(&mut once);
            for (index, key) in entries {
                writer.entry_with(index, |out| out.raw(key));
            }
            *self.out = once;
        }
        Ok(())
    }
}

/// Reads entries as an [`IndexWriter`] wrote them: index and key bytes.
pub(crate) fn index_entries(mut bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    std::iter::from_fn(move || {
        let (&[index, high, low], rest) = bytes.split_first_chunk()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
        bytes = rest;
        Some((usize::from(index), key))
    })
}
