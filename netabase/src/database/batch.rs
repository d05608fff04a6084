//! Many values at once: batches in one step, loads in many.

use std::ops::Bound;

use libp2p::kad::RecordKey;

use super::{error::QueryError, local::MemoryStoreDatabase};
use crate::{
    record::Scratch,
    schema::{KeyOf, NetabaseSchema},
    store::{Direction, Page, PageRequest, PageSource, View, WriteError, end_of_prefix},
};

/// How many writes one commit of [`MemoryStoreDatabase::load`] holds: a millisecond at most,
/// so that readers and Kademlia never wait long.
const LOAD_CHUNK: usize = 256;

/// How many records [`MemoryStoreDatabase::clear`] removes under one lock. Each may take a signature.
const CLEAR_CHUNK: usize = 64;

/// Why a load stopped: what came before is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped after {stored} stored values: {source}")]
pub struct LoadError {
    /// How many values were stored: the first so many of the input.
    pub stored: usize,
    /// What was wrong with the next one.
    pub source: WriteError,
}

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// Stores all of these values in one step, or none of them. The last of one key wins.
    ///
    /// Others see none or all. The store is locked for some microseconds a value: use
    /// [`load`](Self::load) for more than a few thousand.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put), for the first value that is refused. Nothing is stored then.
    pub fn put_batch<'a>(&self, values: impl IntoIterator<Item = &'a V>) -> Result<(), WriteError> {
        let writes = Scratch::with(|scratch| {
            values.into_iter().map(|value| self.encode(value, scratch)).collect::<Result<_, _>>()
        })?;
        self.store.commit(writes)
    }

    /// The values of these keys, in the order of the keys.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn get_batch<'a, Q>(
        &self,
        keys: impl IntoIterator<Item = &'a Q>,
    ) -> Result<Vec<Option<V>>, QueryError>
    where
        Q: KeyOf<V::Key> + ?Sized + 'a,
    {
        keys.into_iter().map(|key| self.get(key)).collect()
    }

    /// Removes the values of these keys in one step and says how many there were.
    ///
    /// The store is locked for all of them: if they are published and owned, some 25 µs each, for the signatures
    /// of their tombstones.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove), for the first key that is refused. Nothing is removed then.
    pub fn remove_batch<'a, Q>(
        &self,
        keys: impl IntoIterator<Item = &'a Q>,
    ) -> Result<usize, WriteError>
    where
        Q: KeyOf<V::Key> + ?Sized + 'a,
    {
        let keys =
            keys.into_iter().map(|key| self.record_key(key)).collect::<Result<Vec<_>, _>>()?;
        self.store.remove_each(self.schema, &keys)
    }

    /// Stores values in their order, committing them in chunks, and says how many.
    ///
    /// Each chunk of 256 is one batch, within which two values may swap what a unique index holds; if one
    /// is refused, its values are put one by one.
    ///
    /// # Errors
    ///
    /// [`LoadError`] at the first value that [`put`](Self::put) would refuse. All values before
    /// it are stored, it and those behind it are not.
    pub fn load(&self, values: impl IntoIterator<Item = V>) -> Result<usize, LoadError> {
        let mut values = values.into_iter();
        let mut stored = 0;
        loop {
            let chunk: Vec<V> = values.by_ref().take(LOAD_CHUNK).collect();
            if chunk.is_empty() {
                return Ok(stored);
            }
            if self.put_batch(&chunk).is_err() {
                // One by one, to store what comes before the value at fault.
                for value in &chunk {
                    self.put(value).map_err(|source| LoadError { stored, source })?;
                    stored += 1;
                }
            } else {
                stored += chunk.len();
            }
        }
    }

    /// Removes every value that this application wrote, as [`remove`](Self::remove) does, and
    /// says how many there were. Records of others stay.
    ///
    /// Works in chunks: values that others put meanwhile may stay.
    ///
    /// # Errors
    ///
    /// [`WriteError::Damaged`] if nothing can be written any more.
    pub fn clear(&self) -> Result<usize, WriteError> {
        let end = end_of_prefix(&self.prefix);
        let mut start = Bound::Included(self.prefix.to_vec());
        let mut page = Page::default();
        let mut removed = 0;
        while !page.is_complete() {
            let request = PageRequest {
                bounds: (start.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice)),
                source: PageSource::Keys,
                direction: Direction::Forward,
                max_rows: CLEAR_CHUNK,
                view: View::Own,
                values: false,
            };
            self.store.fill_page(&request, &mut page);
            let keys: Vec<_> =
                (0..page.len()).map(|row| RecordKey::new(&page.position(row))).collect();
            removed += self.store.remove_each(self.schema, &keys)?;
            start = Bound::Excluded(page.last_visited().to_vec());
        }
        Ok(removed)
    }
}
