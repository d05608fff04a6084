//! Records exchanged with peers: published, taken in, renewed.

use std::{iter::FusedIterator, vec};

use libp2p::kad::{Record, RecordKey};

use super::{entries::Entries, local::MemoryStoreDatabase};
use crate::{
    record::record_to_value,
    schema::{KeyOf, NetabaseSchema, SharedSchema},
    store::{
        ArrivalError, NetabaseStore, PutOutcome, RenewalCursor, SchemaId, StoreCapacityInfo,
        StoreMaintenanceResult, View, WriteError,
    },
};

/// How many records are published under one lock. Each takes a signature, some 25 µs, if its schema is
/// owned.
const CHUNK: usize = 64;

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// The values that the application wrote, in the order of their keys, without looking at any other.
    pub fn get_local_records(&self) -> Entries<V> {
        let mut entries = self.iter();
        entries.view = View::Own;
        entries
    }

    /// Takes in records that the application got from elsewhere, each as [`put_record`](Self::put_record)
    /// does, and says of each what became of it, in their order. One that is refused keeps no other out.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore, PutOutcome};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// let theirs = NetabaseStore::new().database::<User>()?;
    /// let record = theirs.to_record(&User { id: 7 })?;
    /// let mut broken = record.clone();
    /// broken.value.clear();
    ///
    /// let users = NetabaseStore::new().database::<User>()?;
    /// let report = users.put_records_batch(&[broken, record.clone(), record]);
    /// assert!(report[0].is_err());
    /// assert_eq!(report[1..], [Ok(PutOutcome::Stored), Ok(PutOutcome::Equal)]);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn put_records_batch<'a>(
        &self,
        records: impl IntoIterator<Item = &'a Record>,
    ) -> Vec<Result<PutOutcome, ArrivalError>> {
        records.into_iter().map(|record| self.put_record(record)).collect()
    }

    /// Takes in a record that another peer sent, as [`put_record`](Self::put_record) does, and says which
    /// value its key has now.
    ///
    /// # Errors
    ///
    /// As [`put_record`](Self::put_record).
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore, PutOutcome};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64, name: String }
    /// let theirs = NetabaseStore::new().database::<User>()?;
    /// let older = theirs.to_record(&User { id: 7, name: "Ada".into() })?;
    /// let newer = theirs.to_record(&User { id: 7, name: "Grace".into() })?;
    ///
    /// let users = NetabaseStore::new().database::<User>()?;
    /// users.handle_remote_update(&newer)?;
    /// let update = users.handle_remote_update(&older)?;
    /// assert_eq!(update.outcome, PutOutcome::Outdated);
    /// assert_eq!(update.value.map(|user| user.name), Some("Grace".into()));
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn handle_remote_update(&self, record: &Record) -> Result<RemoteUpdate<V>, ArrivalError> {
        let outcome = self.put_record(record)?;
        let value = match outcome {
            // What was sent: a tombstone is no value.
            PutOutcome::Stored | PutOutcome::Equal => record_to_value(record).ok(),
            _ => self.read_record(&record.key)?,
        };
        Ok(RemoteUpdate { outcome, value })
    }

    /// What the store and this schema's records in it hold, and may hold, in constant time once what has
    /// expired is taken out. See [`NetabaseStore::capacity_info`].
    #[must_use]
    pub fn capacity_info(&self) -> StoreCapacityInfo {
        self.store.capacity_of(self.schema)
    }

    /// Takes out what has expired and what is over budget, in the whole store and in bounded steps. See
    /// [`NetabaseStore::maintain_store`].
    #[allow(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn maintain_store(&self) -> StoreMaintenanceResult {
        self.store.maintain_store()
    }

    /// Stops serving the value of a key to peers; it stays here. Copies that other peers hold stay with
    /// them until their lease is over. False if there is no value.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove).
    pub fn unpublish<Q>(&self, key: &Q) -> Result<bool, WriteError>
    where
        Q: KeyOf<V::Key> + ?Sized,
        V: SharedSchema,
    {
        self.store.stop_serving(&self.record_key(key)?, false)
    }
}

impl<V: SharedSchema> MemoryStoreDatabase<V> {
    /// Publishes everything that the application wrote: gives the records to be sent to other peers, in the
    /// order of their keys, and serves them from then on. Values have a lease and, if the schema is owned,
    /// a signature; tombstones of what was removed come, too. A record whose lease needs no renewal is given
    /// as it is.
    ///
    /// Give each to `kad::Behaviour::put_record_to`, or `put_record`. They are made in chunks of 64, as the
    /// iterator goes on: what it was not asked for stays private.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # #[netabase(access = "owned")]
    /// # struct Profile { #[netabase(key)] handle: String }
    /// let (alice, bob) = (NetabaseStore::new(), NetabaseStore::new());
    /// let profiles = alice.database::<Profile>()?;
    /// profiles.put(&Profile { handle: "ada".into() })?;
    ///
    /// let theirs = bob.database::<Profile>()?.of(alice.peer_id());
    /// for record in profiles.sync_to_network() {
    ///     theirs.put_record(&record?)?;
    /// }
    /// assert!(theirs.contains("ada")?);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn sync_to_network(&self) -> SyncRecords {
        SyncRecords {
            store: self.store.clone(),
            schema: self.schema,
            prefix: self.prefix.to_vec(),
            next: Next::From(None),
            chunk: Vec::new().into_iter(),
        }
    }

    /// Renews the leases of records that the application published and that have less than half of the
    /// network's longest lease left, and gives these records to be sent again: at most `max`, the most urgent
    /// first. Call it until it gives none.
    ///
    /// A renewed value has the same clock and content. Nothing is renewed beyond the end of its life, and nothing
    /// whose clock peers would refuse, because the wall clock was set back. [Another owner's](Self::of)
    /// records are not renewed.
    ///
    /// # Errors
    ///
    /// A result a record: [`WriteError::OutOfRoom`] if there is no room for its signature. It is then as it
    /// was.
    #[must_use = "they are to be sent"]
    pub fn get_republish_records(&self, max: usize) -> Vec<Result<Record, WriteError>> {
        if self.owner != self.store.peer_id() {
            return Vec::new();
        }
        self.store.renew_due(self.schema, max, &mut RenewalCursor::unbounded()).0
    }
}

/// What became of a record that another peer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteUpdate<V> {
    /// What was done with it.
    pub outcome: PutOutcome,
    /// The value of its key now; `None` if it was removed.
    pub value: Option<V>,
}

/// The records to be sent to other peers; see [`MemoryStoreDatabase::sync_to_network`].
///
/// An item is an error if a record could not be published: [`WriteError::ClockAhead`], because the wall
/// clock was set back, or [`WriteError::OutOfRoom`], because its signature found no room. It stays private.
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct SyncRecords {
    store: NetabaseStore,
    schema: SchemaId,
    prefix: Vec<u8>,
    next: Next,
    chunk: vec::IntoIter<Result<Record, WriteError>>,
}

/// Where the next chunk starts.
#[derive(Debug)]
enum Next {
    /// Behind a key, or at the first.
    From(Option<RecordKey>),
    Nowhere,
}

impl Iterator for SyncRecords {
    type Item = Result<Record, WriteError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.chunk.next() {
                return Some(record);
            }
            let Next::From(after) = &self.next else { return None };
            let schema = (self.schema, &self.prefix[..]);
            let (records, next) = self.store.publish_next(schema, after.as_ref(), CHUNK);
            self.chunk = records.into_iter();
            self.next = next.map_or(Next::Nowhere, |key| Next::From(Some(key)));
        }
    }
}

impl FusedIterator for SyncRecords {}
