//! Prepares values and records of a database for a node to publish. Sends nothing.

use libp2p::kad::{Record, RecordKey};

use super::local::MemoryStoreDatabase;
use crate::{
    record::{Scratch, signed_len},
    schema::{Envelope, NetabaseSchema},
    store::{LocalWrite, RawRecord, View, WriteError},
};

/// A value that is to be published: encoded once, for the store and for peers.
pub(crate) struct Unpublished {
    write: LocalWrite,
    len: usize,
    /// Whether the application has stored the same before.
    is_stored: bool,
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
            let held = self.held_record(write.key());
            let own = held.filter(|held| held.state.own && held.state.wanted);
            let is_stored =
                own.is_some_and(|own| has_same_payload(&own.record.value, &scratch.value));
            Ok(Unpublished { write, len, is_stored })
        })
    }

    /// Stores an encoded value, unless the application has stored the same before, and returns the record as peers are
    /// served it from now on.
    pub(crate) fn store_to_publish(
        &self,
        Unpublished { write, is_stored, .. }: Unpublished,
    ) -> Result<Option<Record>, WriteError> {
        let key = write.key().clone();
        if !is_stored {
            Scratch::with(|scratch| self.store.put_local(write, &mut scratch.value))?;
        }
        self.publish_record(&key)
    }

    /// Returns what is stored under a record key, as peers are served it from now on. None if the application has
    /// written nothing there.
    pub(crate) fn publish_record(&self, key: &RecordKey) -> Result<Option<Record>, WriteError> {
        self.check_owner()?;
        self.store.publish_one(self.schema, key)
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

fn has_same_payload(a: &[u8], b: &[u8]) -> bool {
    let what = |value| Some(Envelope::parse(value).ok()?.content());
    what(a).is_some() && what(a) == what(b)
}
