//! What code is generic over: databases anywhere, and databases on this machine.

mod local;

use std::{error::Error, future::Future, time::Duration};

use libp2p::kad::Record;

use super::{
    entries::Entries,
    error::{DatabaseError, QueryError, TransactionError},
    lifetime::ExpiringRecords,
    scan::Scan,
    sync::{RemoteUpdate, SyncRecords},
};
use crate::{
    schema::{KeyOf, KeyRange, NetabaseSchema, PrefixOf, SharedSchema},
    store::{ArrivalError, PutOutcome, StoreCapacityInfo, StoreMaintenanceResult, WriteError},
};

/// Typed records by key, wherever they are: what code that is generic over the place needs.
///
/// The futures are `Send`, so that generic code can be spawned. The local database answers at once; its
/// own methods of these names do the same without a future, and `put` tells more. Its batches are all
/// or nothing; here every item has a result of its own.
///
/// # Examples
///
/// ```
/// use netabase::{NetabaseDatabase, NetabaseSchema, NetabaseStore};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, NetabaseSchema)]
/// struct User { #[netabase(key)] id: u64, name: String }
///
/// async fn rename<D: NetabaseDatabase<User>>(users: D, id: u64, name: &str) -> Result<(), D::Error> {
///     if let Some(mut user) = users.get(&id).await? {
///         user.name = name.to_owned();
///         users.put(&user).await?;
///     }
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), netabase::DatabaseError> {
/// let users = NetabaseStore::new().database::<User>()?;
/// users.put(&User { id: 7, name: "Ada".into() })?;
/// rename(users.clone(), 7, "Grace").await?;
/// assert_eq!(users.get(&7)?.map(|user| user.name), Some("Grace".into()));
/// # Ok(())
/// # }
/// ```
pub trait NetabaseDatabase<V: NetabaseSchema>: Send + Sync {
    /// Why a call failed.
    type Error: Error + Send + Sync + 'static;

    /// Stores a value under its key.
    ///
    /// # Errors
    ///
    /// If the value cannot be stored; then the old one is still there.
    fn put(&self, value: &V) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// The value of a key, if there is one.
    ///
    /// # Errors
    ///
    /// If that could not be found out.
    fn get<Q>(&self, key: &Q) -> impl Future<Output = Result<Option<V>, Self::Error>> + Send
    where
        Q: KeyOf<V::Key> + Sync + ?Sized;

    /// Returns whether there is a value of a key.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn contains<Q>(&self, key: &Q) -> impl Future<Output = Result<bool, Self::Error>> + Send
    where
        Q: KeyOf<V::Key> + Sync + ?Sized;

    /// Removes the value of a key. False if there was none.
    ///
    /// # Errors
    ///
    /// If it is still there.
    fn remove<Q>(&self, key: &Q) -> impl Future<Output = Result<bool, Self::Error>> + Send
    where
        Q: KeyOf<V::Key> + Sync + ?Sized;

    /// [`put`](Self::put) for each of these values; a result an item, in their order.
    fn put_each(&self, values: &[V]) -> impl Future<Output = Vec<Result<(), Self::Error>>> + Send;

    /// [`get`](Self::get) for each of these keys; a result an item, in their order.
    fn get_each(
        &self,
        keys: &[V::Key],
    ) -> impl Future<Output = Vec<Result<Option<V>, Self::Error>>> + Send;

    /// [`remove`](Self::remove) for each of these keys; a result an item, in their order.
    fn remove_each(
        &self,
        keys: &[V::Key],
    ) -> impl Future<Output = Vec<Result<bool, Self::Error>>> + Send;

    /// The record of a key as it is, if there is one.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn get_record<Q>(
        &self,
        key: &Q,
    ) -> impl Future<Output = Result<Option<Record>, Self::Error>> + Send
    where
        Q: KeyOf<V::Key> + Sync + ?Sized;

    /// Stores a record that was made elsewhere, if it is valid and the newest of its key.
    ///
    /// # Errors
    ///
    /// If it is not valid, or cannot be stored.
    fn put_record(
        &self,
        record: &Record,
    ) -> impl Future<Output = Result<PutOutcome, Self::Error>> + Send;
}

/// What only a database on this machine can do: walk its values in order, count and clear them, write what depends on
/// what is there, keep house, and exchange records with peers.
///
/// [`update`](Self::update) and [`put_if_absent`](Self::put_if_absent) are here because a Kademlia network cannot do
/// them: no peer decides which of two writes came first, and the larger value wins afterwards.
///
/// # Examples
///
/// ```
/// use netabase::{NetabaseDatabaseExt, NetabaseSchema};
///
/// async fn first<V: NetabaseSchema, D: NetabaseDatabaseExt<V>>(values: D) -> Option<V> {
///     let first = values.iter().next()?;
///     first.ok()
/// }
/// ```
pub trait NetabaseDatabaseExt<V: NetabaseSchema>:
    NetabaseDatabase<V, Error = DatabaseError>
{
    /// All values in the order of their keys.
    fn iter(&self) -> Entries<V>;

    /// The values whose keys lie in a range, in the order of their keys.
    ///
    /// # Errors
    ///
    /// If no record could have such a key.
    fn range(&self, range: impl KeyRange<V::Key>) -> Result<Entries<V>, QueryError>;

    /// The values whose keys start with some text, bytes, or leading parts of a composite key.
    ///
    /// # Errors
    ///
    /// As [`range`](Self::range).
    fn prefix<P>(&self, prefix: &P) -> Result<Entries<V>, QueryError>
    where
        P: PrefixOf<V::Key> + ?Sized;

    /// All values as they are at this moment, in no order.
    fn scan(&self) -> Scan<V>;

    /// How many values there are.
    fn len(&self) -> impl Future<Output = Result<usize, QueryError>> + Send;

    /// Returns whether there is no value.
    fn is_empty(&self) -> impl Future<Output = Result<bool, QueryError>> + Send {
        let len = self.len();
        async { Ok(len.await? == 0) }
    }

    /// Changes the value of a key in one step, and returns what `change` does; `None` if there is no value.
    ///
    /// `change` may run more than once. A value that it leaves as it was is not written.
    ///
    /// # Errors
    ///
    /// If `change` gave the value another key, or the changed value cannot be stored; then nothing is changed.
    fn update<Q, R>(
        &self,
        key: &Q,
        change: impl FnMut(&mut V) -> R + Send,
    ) -> impl Future<Output = Result<Option<R>, TransactionError>> + Send
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
        R: Send;

    /// Stores `value` if its key has none, and returns the value that was in the way otherwise: `None` if `value` was
    /// stored.
    ///
    /// # Errors
    ///
    /// If the value cannot be stored.
    fn put_if_absent(
        &self,
        value: &V,
    ) -> impl Future<Output = Result<Option<V>, TransactionError>> + Send;

    /// Removes every value that this application wrote, and says how many there were.
    fn clear(&self) -> impl Future<Output = Result<usize, WriteError>> + Send;

    /// The values that this application wrote, in the order of their keys.
    fn get_local_records(&self) -> Entries<V>;

    /// The values that will be gone within this time, the next to go first.
    fn get_expiring_records(&self, within: Duration) -> ExpiringRecords<V>;

    /// What the store and this schema's records in it hold, and may hold.
    fn capacity_info(&self) -> StoreCapacityInfo;

    /// Takes out what has expired and what is over budget, in bounded steps.
    fn maintain_store(&self) -> StoreMaintenanceResult;

    /// Takes in records from elsewhere; says of each what became of it.
    fn put_records_batch(&self, records: &[Record]) -> Vec<Result<PutOutcome, ArrivalError>>;

    /// Takes in a record that another peer sent; says which value its key has now.
    ///
    /// # Errors
    ///
    /// If it is not valid, or cannot be stored.
    fn handle_remote_update(&self, record: &Record) -> Result<RemoteUpdate<V>, ArrivalError>;

    /// Publishes everything that this application wrote: the records to be sent to other peers.
    fn sync_to_network(&self) -> SyncRecords
    where
        V: SharedSchema;

    /// Renews the published records whose lease needs it: at most `max`, to be sent again.
    fn get_republish_records(&self, max: usize) -> Vec<Result<Record, WriteError>>
    where
        V: SharedSchema;
}
