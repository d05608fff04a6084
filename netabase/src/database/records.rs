//! Values as the records that Kademlia carries.

use libp2p::kad::{Record, RecordKey};

use super::{error::QueryError, local::MemoryStoreDatabase};
use crate::{
    record::{
        RecordError, Scratch, record_to_value, split_schema, write_key, write_key_with, write_value,
    },
    schema::{KeyOf, NetabaseSchema, Timestamp},
    store::{ArrivalError, PutOutcome, WriteError},
};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// The Kademlia record of a value, whether it is stored here or not, with a timestamp later
    /// than any value of its key that the store knows. If its schema is shared it has a lease; if it is
    /// owned, it is signed. It lives as long as the schema's `ttl` says, whatever a stored value of its key
    /// was given.
    ///
    /// Give it to [`put_record`](Self::put_record) of another store, or, if the schema is shared,
    /// to `kad::Behaviour::put_record`.
    ///
    /// # Errors
    ///
    /// - [`RecordError::Invalid`], [`RecordError::Key`], [`RecordError::RoundTrip`],
    ///   [`RecordError::TooLarge`] as for [`put`](Self::put).
    /// - [`WriteError::ClockAhead`] if timestamps given out here are more than 10 minutes ahead of the
    ///   wall clock, because that was set back: other peers would refuse the record.
    /// - [`WriteError::NotOwner`] if the database shows [another owner's](Self::of) records.
    pub fn to_record(&self, value: &V) -> Result<Record, WriteError> {
        self.check_owner()?;
        let (key, bytes) = Scratch::with(|scratch| {
            write_key_with(&self.prefix, &mut scratch.key, |out| value.encode_key(out))?;
            write_value(value, Timestamp::default(), &mut scratch.value)?;
            Ok::<_, RecordError>((RecordKey::new(&scratch.key), scratch.value.clone()))
        })?;
        self.store.make_record::<V>(key, bytes)
    }

    /// The value in a record of this schema; nothing is stored.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if it is not a valid record of the schema, or a tombstone.
    pub fn from_record(&self, record: &Record) -> Result<V, RecordError> {
        record_to_value(record)
    }

    /// The stored record of a key as it is: its bytes, without publisher, with its lease's end.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn get_record<Q>(&self, key: &Q) -> Result<Option<Record>, QueryError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        Ok(self.store.shown_record(&self.record_key(key)?, self.view))
    }

    /// Takes in a record that the application got from elsewhere. The larger value of a key, by
    /// its bytes and so by its clock, wins, and databases show it.
    ///
    /// It counts as foreign, and may be evicted when others' records take too much: it is charged to the
    /// application, or to the peer that sent the same record before.
    ///
    /// # Errors
    ///
    /// [`ArrivalError`] if it is not a valid record of this schema, its clock is more than 10
    /// minutes ahead, its lease is over or longer than the network's, its owner did not sign it, or the
    /// store is full. Nothing is stored then.
    pub fn put_record(&self, record: &Record) -> Result<PutOutcome, ArrivalError> {
        // Any owner's is fine.
        if !record.key.as_ref().starts_with(split_schema(&self.prefix).0) {
            // Names what is wrong with it.
            record_to_value::<V>(record)?;
        }
        self.store.put_record(record)
    }

    /// The record key under which a value of this key is stored and shared.
    ///
    /// # Errors
    ///
    /// [`RecordError::Key`], [`RecordError::KeyTooLong`] if no record could have such a key.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] name: String }
    /// let users = NetabaseStore::new().database::<User>()?;
    /// assert_eq!(users.record_key("ada")?.as_ref(), b"/netabase/user/lada\0");
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn record_key<Q>(&self, key: &Q) -> Result<RecordKey, RecordError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        Scratch::with(|scratch| {
            write_key::<V::Key, Q>(&self.prefix, key, &mut scratch.key)?;
            Ok(RecordKey::new(&scratch.key))
        })
    }
}
