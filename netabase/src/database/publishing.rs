//! Prepares values and records of a database for a node to publish. Sends nothing.

use libp2p::kad::{Record, RecordKey};

use super::local::MemoryStoreDatabase;
use crate::{
    record::{Scratch, signed_len},
    schema::{Access, NetabaseSchema},
    store::{LocalWrite, RawRecord, View, WriteError},
};

/// A value that is to be published: encoded once, for the store and for peers.
pub(crate) struct Unpublished {
    write: LocalWrite,
    len: usize,
}

impl Unpublished {
    /// Returns how long key and value are together as peers are sent them, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// Encodes a value that is to be published. Nothing is stored.
    pub(crate) fn encode_to_publish(&self, value: &V) -> Result<Unpublished, WriteError> {
        Scratch::with(|scratch| {
            let write = self.encode(value, scratch)?;
            let len = scratch.key.len() + signed_len(V::ACCESS, scratch.value.len());
            Ok(Unpublished { write, len })
        })
    }

    /// Stores an encoded value, unless the application has stored the same before, and returns the record as peers are
    /// served it from now on; all in one commit.
    ///
    /// # Errors
    ///
    /// Those of [`put_published`](crate::store::NetabaseStore::put_published). Nothing is stored then.
    pub(crate) fn store_to_publish(
        &self,
        Unpublished { write, .. }: Unpublished,
    ) -> Result<Option<Record>, WriteError> {
        self.store.put_published(write)
    }

    /// Returns what is stored under a record key, as peers are served it from now on. None if the application has
    /// written nothing there.
    pub(crate) fn publish_record(&self, key: &RecordKey) -> Result<Option<Record>, WriteError> {
        self.check_owner()?;
        self.store.publish_one(self.schema, key)
    }

    /// Returns the keys of the local peer's records that are here and not the application's own: peers have sent them.
    pub(crate) fn held_own_keys(&self) -> Vec<RecordKey> {
        let held = self.store.raw_records_with_prefix(&self.prefix);
        let held = held.filter(|raw| V::ACCESS == Access::Owned && !raw.state.own);
        held.map(|raw| raw.record.key).collect()
    }

    /// Returns what is held under a record key, visible or not; a tombstone, too.
    pub(crate) fn held_record(&self, key: &RecordKey) -> Option<RawRecord> {
        self.store.raw_record(key, View::Everything)
    }

    /// Puts a tombstone in the place of a live record, here or at peers. False if it was private, and is just
    /// gone.
    pub(crate) fn tombstone(&self, live: &Record, is_on_network: bool) -> Result<bool, WriteError> {
        self.check_owner()?;
        self.store.tombstone(self.schema, live, is_on_network)
    }
}
