//! Walks over one publisher's values.

use std::{iter::FusedIterator, marker::PhantomData};

use libp2p::PeerId;

use super::{error::QueryError, local::MemoryStoreDatabase};
use crate::{record, schema::NetabaseSchema, store::PublisherRecords as RawPublisherRecords};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// The values of one publisher, in no order, without looking at any other publisher's. See
    /// [`NetabaseStore::publisher_records`](crate::NetabaseStore::publisher_records).
    ///
    /// Those that this database shows: of [one owner](Self::of), if the schema is owned, and what is held for
    /// others only [if asked for](Self::with_held).
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # #[netabase(access = "open")]
    /// # struct Note { #[netabase(key)] title: String }
    /// let (alice, bob) = (NetabaseStore::new(), NetabaseStore::new());
    /// let mut record = alice.database::<Note>()?.to_record(&Note { title: "hi".into() })?;
    /// record.publisher = Some(alice.peer_id());
    ///
    /// let notes = bob.database::<Note>()?;
    /// notes.put_record(&record)?;
    /// notes.put(&Note { title: "ho".into() })?;
    /// assert_eq!(notes.get_publisher_records(&alice.peer_id()).count(), 1);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn get_publisher_records(&self, publisher: &PeerId) -> PublisherValues<V> {
        PublisherValues {
            records: self.store.publisher_records_with_prefix(publisher, &self.prefix, self.view),
            _values: PhantomData,
        }
    }
}

/// The values of one publisher; see [`MemoryStoreDatabase::get_publisher_records`].
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct PublisherValues<V> {
    records: RawPublisherRecords,
    _values: PhantomData<fn() -> V>,
}

impl<V: NetabaseSchema> Iterator for PublisherValues<V> {
    type Item = Result<V, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let raw = self.records.next()?;
        Some(record::read::<V>(&raw.record.value).map_err(QueryError::from))
    }
}

impl<V: NetabaseSchema> FusedIterator for PublisherValues<V> {}
