//! Prepares values and records of a database for a node to publish. Sends nothing.

use libp2p::kad::{Record, RecordKey};

use super::{error::DatabaseError, local::MemoryStoreDatabase};
use crate::{
    record::{Scratch, signed_len, write_key_with, write_value},
    schema::{Envelope, NetabaseSchema, Timestamp},
    store::{RawRecord, View},
};

/// A value that is to be published.
pub(crate) struct Measured {
    pub(crate) key: RecordKey,
    /// How long key and value will be together, in bytes.
    pub(crate) len: usize,
    /// Whether the application has stored the same before.
    pub(crate) is_stored: bool,
}

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// What publishing a value starts from. Nothing is stored.
    pub(crate) fn measure(&self, value: &V) -> Result<Measured, DatabaseError> {
        self.check_owner()?;
        Scratch::with(|scratch| {
            write_key_with(&self.prefix, &mut scratch.key, |out| value.encode_key(out))?;
            write_value(value, Timestamp::default(), &mut scratch.value)?;
            let len = scratch.key.len() + signed_len(V::ACCESS, scratch.value.len());
            let key = RecordKey::new(&scratch.key);
            let held = self.held_record(&key);
            let own = held.filter(|held| held.state.own && held.state.wanted);
            let is_stored =
                own.is_some_and(|own| has_same_payload(&own.record.value, &scratch.value));
            Ok(Measured { key, len, is_stored })
        })
    }

    /// What is stored under a record key, as peers are served it from now on. None if the application has
    /// written nothing there.
    pub(crate) fn publish_record(&self, key: &RecordKey) -> Result<Option<Record>, DatabaseError> {
        self.check_owner()?;
        Ok(self.store.publish_one(self.schema, key)?)
    }

    /// What is held under a record key, whoever sees it; a tombstone, too.
    pub(crate) fn held_record(&self, key: &RecordKey) -> Option<RawRecord> {
        self.store.raw_record(key, View::Everything)
    }

    /// Puts a tombstone in the place of a live record, here or at peers. False if it was private, and is just
    /// gone.
    pub(crate) fn bury(&self, live: &Record, is_on_network: bool) -> Result<bool, DatabaseError> {
        self.check_owner()?;
        Ok(self.store.bury(self.schema, live, is_on_network)?)
    }
}

fn has_same_payload(a: &[u8], b: &[u8]) -> bool {
    let what = |value| Some(Envelope::parse(value).ok()?.content());
    what(a).is_some() && what(a) == what(b)
}
