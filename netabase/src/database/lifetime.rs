//! Sets when values end, and lists those that end soon.

use std::{iter::FusedIterator, time::Duration, vec};

use libp2p::kad::RecordKey;

use super::{error::QueryError, local::MemoryStoreDatabase};
use crate::{
    record::{RecordError, RecordKey as RecordName},
    schema::{KeyOf, NetabaseSchema, NetabaseSchemaKey},
    store::WriteError,
};

impl<V: NetabaseSchema> MemoryStoreDatabase<V> {
    /// As [`put`](Self::put), but the value lives for `ttl` from now on, or without end if that is `None`,
    /// whatever the schema says.
    ///
    /// It is gone from every view at once when its life is over. Lifetimes are counted by the monotonic
    /// clock: setting the wall clock ends none. (On Linux that clock stands still while a machine sleeps.)
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use netabase::{ManualClock, NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    /// let users = NetabaseStore::builder().clock(clock.clone()).build()?.database::<User>()?;
    /// users.put_with_ttl(&User { id: 7 }, Some(Duration::from_secs(60)))?;
    /// assert!(users.contains(&7)?);
    /// clock.advance(Duration::from_secs(60));
    /// assert!(!users.contains(&7)?);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn put_with_ttl(&self, value: &V, ttl: Option<Duration>) -> Result<Option<V>, WriteError> {
        self.put_to_live(value, ttl)
    }

    /// Lets a value that the application wrote live for `ttl` from now on, or without end if that is
    /// `None`; the value itself does not change. False if there is none.
    ///
    /// What peers were sent keeps its lease; renewal follows the new end.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove).
    pub fn set_ttl<Q>(&self, key: &Q, ttl: Option<Duration>) -> Result<bool, WriteError>
    where
        Q: KeyOf<V::Key> + ?Sized,
    {
        self.store.set_end(self.schema, &self.record_key(key)?, ttl)
    }

    /// The values that will be gone within this time, the next to go first: those whose life ends, and
    /// those of others whose lease does.
    ///
    /// It costs what expires within that time, in all schemas of the store.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// let users = NetabaseStore::new().database::<User>()?;
    /// users.put_with_ttl(&User { id: 7 }, Some(Duration::from_secs(60)))?;
    /// users.put_with_ttl(&User { id: 8 }, Some(Duration::from_secs(6000)))?;
    ///
    /// for expiring in users.get_expiring_records(Duration::from_secs(600)) {
    ///     let expiring = expiring?;
    ///     assert_eq!(expiring.key, UserKey(7));
    ///     users.set_ttl(&expiring.key, Some(Duration::from_secs(6000)))?;
    /// }
    /// assert_eq!(users.get_expiring_records(Duration::from_secs(600)).count(), 0);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    pub fn get_expiring_records(&self, within: Duration) -> ExpiringRecords<V> {
        let records = self.store.expiring(&self.prefix, self.view, within).into_iter();
        ExpiringRecords { database: self.clone(), records }
    }
}

/// A value whose time is nearly over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpiringRecord<K, V> {
    /// Its key.
    pub key: K,
    /// The value.
    pub value: V,
    /// How long it had left when it was asked for.
    pub left: Duration,
}

/// Values whose time is nearly over; see [`MemoryStoreDatabase::get_expiring_records`].
///
/// Which they are was decided when it was made; those that are gone meanwhile are left out.
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct ExpiringRecords<V: NetabaseSchema> {
    database: MemoryStoreDatabase<V>,
    records: vec::IntoIter<(RecordKey, Duration)>,
}

impl<V: NetabaseSchema> Iterator for ExpiringRecords<V> {
    type Item = Result<ExpiringRecord<V::Key, V>, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (key, left) = self.records.next()?;
            let expiring = |value| {
                let key = V::Key::from_key_bytes(RecordName::own_key(key.as_ref()));
                let key = key.map_err(RecordError::from)?;
                Ok(ExpiringRecord { key, value, left })
            };
            match self.database.read_record(&key) {
                Ok(None) => {}
                Ok(Some(value)) => return Some(expiring(value)),
                Err(error) => return Some(Err(error.into())),
            }
        }
    }
}

impl<V: NetabaseSchema> FusedIterator for ExpiringRecords<V> {}
