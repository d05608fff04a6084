//! Implements the trait of databases for code that is generic over where values are.

use libp2p::kad::Record;

use super::{NetworkDatabase, fetch::is_tombstone, parallel::Parallel};
use crate::{
    database::NetabaseDatabase,
    network::error::NetworkError,
    schema::{KeyOf, SharedSchema},
    store::PutOutcome,
};

impl<V: SharedSchema> NetabaseDatabase<V> for NetworkDatabase<V> {
    type Error = NetworkError;

    async fn put(&self, value: &V) -> Result<(), NetworkError> {
        self.publish(value).await.map(drop)
    }

    async fn get<Q>(&self, key: &Q) -> Result<Option<V>, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        self.get(key).await
    }

    async fn contains<Q>(&self, key: &Q) -> Result<bool, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        let key = self.local.record_key(key)?;
        Ok(self.find(&key).await?.record.is_some_and(|record| !is_tombstone(&record)))
    }

    async fn remove<Q>(&self, key: &Q) -> Result<bool, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        self.remove(key).await
    }

    async fn put_each(&self, values: &[V]) -> Vec<Result<(), NetworkError>> {
        self.publish_each(values).await.into_iter().map(|result| result.map(drop)).collect()
    }

    async fn get_each(&self, keys: &[V::Key]) -> Vec<Result<Option<V>, NetworkError>> {
        let mut all = Parallel::new();
        for key in keys {
            all.start(self.get(key)).await;
        }
        all.finish().await
    }

    async fn remove_each(&self, keys: &[V::Key]) -> Vec<Result<bool, NetworkError>> {
        let mut all = Parallel::new();
        for key in keys {
            all.start(self.remove(key)).await;
        }
        all.finish().await
    }

    async fn get_record<Q>(&self, key: &Q) -> Result<Option<Record>, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        let key = self.local.record_key(key)?;
        Ok(self.find(&key).await?.record.filter(|record| !is_tombstone(record)))
    }

    async fn put_record(&self, record: &Record) -> Result<PutOutcome, NetworkError> {
        self.put_record(record).await
    }
}
