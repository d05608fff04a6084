//! The local database as the traits have it: its own methods, which answer at once.

use std::time::Duration;

use libp2p::kad::Record;

use super::{NetabaseDatabase, NetabaseDatabaseExt};
use crate::{
    database::{
        entries::Entries,
        error::{DatabaseError, QueryError, TransactionError},
        lifetime::ExpiringRecords,
        local::MemoryStoreDatabase,
        scan::Scan,
        sync::{RemoteUpdate, SyncRecords},
    },
    schema::{KeyOf, KeyRange, NetabaseSchema, PrefixOf, SharedSchema},
    store::{ArrivalError, PutOutcome, StoreCapacityInfo, StoreMaintenanceResult, WriteError},
};

impl<V: NetabaseSchema> NetabaseDatabase<V> for MemoryStoreDatabase<V> {
    type Error = DatabaseError;

    async fn put(&self, value: &V) -> Result<(), DatabaseError> {
        Ok(self.put(value).map(drop)?)
    }

    async fn get<Q>(&self, key: &Q) -> Result<Option<V>, DatabaseError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        Ok(self.get(key)?)
    }

    async fn contains<Q>(&self, key: &Q) -> Result<bool, DatabaseError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        Ok(self.contains(key)?)
    }

    async fn remove<Q>(&self, key: &Q) -> Result<bool, DatabaseError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        Ok(self.remove(key)?)
    }

    async fn put_each(&self, values: &[V]) -> Vec<Result<(), DatabaseError>> {
        values.iter().map(|value| Ok(self.put(value).map(drop)?)).collect()
    }

    async fn get_each(&self, keys: &[V::Key]) -> Vec<Result<Option<V>, DatabaseError>> {
        keys.iter().map(|key| Ok(self.get(key)?)).collect()
    }

    async fn remove_each(&self, keys: &[V::Key]) -> Vec<Result<bool, DatabaseError>> {
        keys.iter().map(|key| Ok(self.remove(key)?)).collect()
    }

    async fn get_record<Q>(&self, key: &Q) -> Result<Option<Record>, DatabaseError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        Ok(self.get_record(key)?)
    }

    async fn put_record(&self, record: &Record) -> Result<PutOutcome, DatabaseError> {
        Ok(self.put_record(record)?)
    }
}

impl<V: NetabaseSchema> NetabaseDatabaseExt<V> for MemoryStoreDatabase<V> {
    fn iter(&self) -> Entries<V> {
        self.iter()
    }

    fn range(&self, range: impl KeyRange<V::Key>) -> Result<Entries<V>, QueryError> {
        self.range(range)
    }

    fn prefix<P>(&self, prefix: &P) -> Result<Entries<V>, QueryError>
    where
        P: PrefixOf<V::Key> + ?Sized,
    {
        self.prefix(prefix)
    }

    fn scan(&self) -> Scan<V> {
        self.scan()
    }

    async fn len(&self) -> Result<usize, QueryError> {
        Ok(self.len())
    }

    async fn update<Q, R>(
        &self,
        key: &Q,
        change: impl FnMut(&mut V) -> R + Send,
    ) -> Result<Option<R>, TransactionError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
        R: Send,
    {
        self.update(key, change)
    }

    async fn put_if_absent(&self, value: &V) -> Result<Option<V>, TransactionError> {
        self.put_if_absent(value)
    }

    async fn clear(&self) -> Result<usize, WriteError> {
        self.clear()
    }

    fn get_local_records(&self) -> Entries<V> {
        self.get_local_records()
    }

    fn get_expiring_records(&self, within: Duration) -> ExpiringRecords<V> {
        self.get_expiring_records(within)
    }

    fn capacity_info(&self) -> StoreCapacityInfo {
        self.capacity_info()
    }

    fn maintain_store(&self) -> StoreMaintenanceResult {
        self.maintain_store()
    }

    fn put_records_batch(&self, records: &[Record]) -> Vec<Result<PutOutcome, ArrivalError>> {
        self.put_records_batch(records)
    }

    fn handle_remote_update(&self, record: &Record) -> Result<RemoteUpdate<V>, ArrivalError> {
        self.handle_remote_update(record)
    }

    fn sync_to_network(&self) -> SyncRecords
    where
        V: SharedSchema,
    {
        self.sync_to_network()
    }

    fn get_republish_records(&self, max: usize) -> Vec<Result<Record, WriteError>>
    where
        V: SharedSchema,
    {
        self.get_republish_records(max)
    }
}
