//! What every read and write goes through: a value as the bytes of a row, and a row's bytes shown to a reader.

use std::time::Duration;

use libp2p::kad::RecordKey;

use super::MemoryStoreDatabase;
use crate::{
    record::{self, RecordError, Scratch, write_entries, write_key_with, write_value},
    schema::{KeyOf, NetabaseSchema, Timestamp},
    store::{LocalWrite, WriteError},
};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    pub(in crate::database) fn encode(
        &self,
        value: &V,
        out: &mut Scratch,
    ) -> Result<LocalWrite, WriteError> {
        self.encode_to_live(value, V::TTL, out)
    }

    pub(super) fn encode_to_live(
        &self,
        value: &V,
        ttl: Option<Duration>,
        out: &mut Scratch,
    ) -> Result<LocalWrite, WriteError> {
        self.check_owner()?;
        write_key_with(&self.prefix, &mut out.key, |writer| value.encode_key(writer))?;
        // The store sets the timestamp when it knows what the value replaces.
        write_value(value, Timestamp::default(), &mut out.value)?;
        write_entries(value, &mut out.entries)?;
        let ends = ttl.map(|ttl| self.store.end_of(ttl));
        Ok(LocalWrite::put(self.schema, &out.key, &out.value, &out.entries, ends))
    }

    /// The value under a record key, if there is one.
    pub(in crate::database) fn read_record(
        &self,
        key: &RecordKey,
    ) -> Result<Option<V>, RecordError> {
        Scratch::with(|scratch| {
            let found = self.store.read(key, self.view, &mut scratch.value);
            found.then(|| record::read::<V>(&scratch.value)).transpose()
        })
    }

    pub(super) fn read<Q, R>(
        &self,
        key: &Q,
        look: impl FnOnce(&[u8]) -> Result<R, RecordError>,
    ) -> Result<Option<R>, RecordError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        let key = self.record_key(key)?;
        Scratch::with(|scratch| {
            self.store
                .read(&key, self.view, &mut scratch.value)
                .then(|| look(&scratch.value))
                .transpose()
        })
    }
}
