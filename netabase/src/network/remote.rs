use std::fmt;

use libp2p::{
    PeerId,
    futures::{StreamExt, stream::FuturesOrdered},
    kad::{Quorum, Record, RecordKey},
};

use tracing::Instrument;

use super::{
    error::NetworkError,
    node::Netabase,
    query::{FetchMode, Fetched, PublishReport},
    settings::{BATCH_PARALLELISM, MAX_RECORD_BYTES},
};
use crate::{
    database::{MemoryStoreDatabase, NetabaseDatabase},
    record::record_to_value,
    schema::{EnvelopeHeader, KeyOf, NetabaseSchema, SharedSchema},
    store::{PutOutcome, StoreError},
};

/// The values of one schema on the network: reads ask other peers, writes are sent to those closest to the key.
///
/// A cheap, cloneable handle. What a read finds is kept here, too: the local database shows it, and its
/// watchers and indexes see it come.
///
/// # Examples
///
/// ```
/// use netabase::{Netabase, NetabaseDatabase, NetabaseSchema, NetworkError};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
/// #[netabase(access = "open")]
/// struct Note { #[netabase(key)] title: String, text: String }
///
/// // The same for a local database and for the network.
/// async fn greet<D: NetabaseDatabase<Note>>(notes: &D) -> Result<Option<Note>, D::Error> {
///     notes.put(&Note { title: "hello".into(), text: "world".into() }).await?;
///     notes.get("hello").await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let node = Netabase::builder("my-app").listen("/ip4/127.0.0.1/tcp/0".parse()?).start().await?;
/// assert!(greet(&node.network::<Note>()?).await?.is_some());
/// assert!(greet(&node.database::<Note>()?).await?.is_some());
/// # node.shutdown().await;
/// # Ok(())
/// # }
/// ```
pub struct NetworkDatabase<V: NetabaseSchema> {
    node: Netabase,
    local: MemoryStoreDatabase<V>,
    quorum: Quorum,
    mode: FetchMode,
}

impl<V: SharedSchema> NetworkDatabase<V> {
    pub(super) fn new(node: Netabase, local: MemoryStoreDatabase<V>) -> Self {
        Self { node, local, quorum: Quorum::Majority, mode: FetchMode::default() }
    }

    /// The same view of what another peer owns, if the schema is owned. It cannot be written.
    #[must_use]
    pub fn of(&self, owner: PeerId) -> Self {
        Self { local: self.local.of(owner), ..self.clone() }
    }

    /// The same with another quorum: how many of the peers found closest to a key, at most 20, must have a
    /// record that is written. Default: [`Quorum::Majority`].
    #[must_use]
    pub fn with_quorum(&self, quorum: Quorum) -> Self {
        Self { quorum, ..self.clone() }
    }

    /// The same with reads that go less far, or farther. Default: [`FetchMode::Several`].
    #[must_use]
    pub fn with_mode(&self, mode: FetchMode) -> Self {
        Self { mode, ..self.clone() }
    }

    /// The database of the same values on this machine.
    #[must_use]
    pub fn local(&self) -> &MemoryStoreDatabase<V> {
        &self.local
    }

    /// Stores a value here, unless it is what is stored already, and sends it to the peers closest to its
    /// key, signed if the schema is owned. From then on the node renews it, and offers each later write of
    /// the same key.
    ///
    /// With nobody to send it to, the report says so, and the value is offered to the first peers that come.
    ///
    /// # Errors
    ///
    /// - [`NetworkError::TooLarge`] if key and value together are longer than the network carries;
    ///   [`NetworkError::Database`] if the value cannot be stored here. Nothing was stored or sent.
    /// - [`NetworkError::Outdated`] if a peer has a newer value: that is stored here now, and this one was not sent.
    /// - [`NetworkError::QuorumMissed`] if too few peers took it: it is stored here, and offered again.
    /// - [`NetworkError::Stopped`] if the node was shut down: it is stored here.
    pub async fn publish(&self, value: &V) -> Result<PublishReport, NetworkError> {
        // Encoded once: these bytes are measured, compared, stored and sent.
        let unpublished = self.local.encode_to_publish(value)?;
        let len = unpublished.len();
        if len > MAX_RECORD_BYTES {
            return Err(NetworkError::TooLarge { len, max_bytes: MAX_RECORD_BYTES });
        }
        self.send(self.local.store_to_publish(unpublished)?).await
    }

    /// Publishes what is stored here under a key; a tombstone, too.
    async fn publish_stored(&self, key: &RecordKey) -> Result<PublishReport, NetworkError> {
        self.send(self.local.publish_record(key)?).await
    }

    /// Sends an own record, as peers are served it, to the peers closest to its key.
    async fn send(&self, record: Option<Record>) -> Result<PublishReport, NetworkError> {
        let record = record.ok_or(NetworkError::NothingToPublish)?;
        let key = record.key.clone();
        // The task is sent it now.
        self.node.offers().settle(self.local.store(), &record);
        let span = tracing::debug_span!("publish", schema = V::SCHEMA_NAME, ?key);
        let mut unsent = Unsent { node: &self.node, key: Some(key) };
        let report = self.node.publish_record(record, self.quorum).instrument(span).await;
        // The task has sent it, or notes itself that it is to be offered.
        if !matches!(report, Err(NetworkError::Stopped)) {
            unsent.key = None;
        }
        report
    }

    /// [`publish`](Self::publish) for each of these values, some at a time; a result an item, in their
    /// order.
    pub async fn publish_each(&self, values: &[V]) -> Vec<Result<PublishReport, NetworkError>> {
        let mut all = Parallel::new();
        for value in values {
            all.start(self.publish(value)).await;
        }
        all.finish().await
    }

    /// The newest value of a key that is here or at those peers who answer; `None` if all were asked that are close
    /// to it, somebody answered, and there is none or it was removed. Never older than what is known here.
    ///
    /// If nobody answers, what is held here is the answer.
    ///
    /// # Errors
    ///
    /// Only if nothing is known here: [`NetworkError::NobodyToAsk`], [`NetworkError::Unreachable`],
    /// [`NetworkError::TimedOut`], [`NetworkError::OnlyInvalid`]; and [`NetworkError::Database`] if no record
    /// could have such a key, [`NetworkError::Stopped`] if the node was shut down.
    ///
    /// If the newest value was written by another version of the schema, [`NetworkError::Database`] with
    /// [`RecordError::Version`](crate::RecordError::Version): an older one is no answer. It is held here for other peers, as if one had sent it.
    pub async fn get<Q>(&self, key: &Q) -> Result<Option<V>, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        let key = self.local.record_key(key)?;
        let record = self.find(&key).await?.record;
        let live = record.filter(|record| !is_tombstone(record));
        Ok(live.map(|record| record_to_value(&record)).transpose()?)
    }

    /// The winner under a record key, which is taken in here.
    async fn find(&self, key: &RecordKey) -> Result<Fetched, NetworkError> {
        let known = self.local.held_record(key);
        if self.mode == FetchMode::Local {
            let record = known.map(|known| known.record);
            return Ok(Fetched { record, is_on_network: false });
        }
        let span = tracing::debug_span!("fetch", schema = V::SCHEMA_NAME, ?key);
        let fetch = self.node.fetch_record(key.clone(), self.mode, known);
        let found = fetch.instrument(span).await?;
        if let Some(record) = &found.record {
            self.take_in(record)?;
        }
        Ok(found)
    }

    /// What the task found: it has verified that, or it was here before.
    fn take_in(&self, record: &Record) -> Result<(), NetworkError> {
        match self.local.store().put_validated(record) {
            // It is an answer also if there is no room to keep it, or something newer came meanwhile; or if no type
            // here can read it, and what is here is private.
            Ok(_)
            | Err(
                StoreError::ForeignFull { .. }
                | StoreError::Full { .. }
                | StoreError::FullOfBytes { .. }
                | StoreError::Private,
            ) => Ok(()),
            // What is private here is not signed, and is nobody else's business.
            Err(error) if self.is_private(record) => {
                tracing::trace!(%error, "a private value is the newest");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn is_private(&self, record: &Record) -> bool {
        let held = self.local.held_record(&record.key);
        held.is_some_and(|held| held.state.own && held.record.value == record.value)
    }

    /// Removes the value of a key everywhere: a tombstone is sent to the peers closest to it, which outlives all
    /// copies. False if there was no value, here or at those peers who answered.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and nothing is removed; then as [`publish`](Self::publish): it is removed here,
    /// and the tombstone is offered again. [`NetworkError::Database`] with
    /// [`DatabaseError::NotOwner`](crate::DatabaseError::NotOwner) for another owner's values.
    pub async fn remove<Q>(&self, key: &Q) -> Result<bool, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        self.local.check_owner()?;
        let key = self.local.record_key(key)?;
        // What is here alone says nothing of what peers hold.
        let everywhere = match self.mode {
            FetchMode::Local => &self.with_mode(FetchMode::default()),
            _ => self,
        };
        let found = everywhere.find(&key).await?;
        let live = found.record.filter(|record| !is_tombstone(record));
        let Some(live) = live else { return Ok(false) };
        if self.local.tombstone(&live, found.is_on_network)? {
            self.publish_stored(&key).await?;
        }
        Ok(true)
    }

    /// Sends a record that was made elsewhere to the peers closest to its key, as it is, and takes it in
    /// here.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Database`] if it is not a valid record of the schema: nothing was stored or sent. Else as
    /// [`publish`](Self::publish).
    pub async fn put_record(&self, record: &Record) -> Result<PutOutcome, NetworkError> {
        let len = record.key.as_ref().len() + record.value.len();
        if len > MAX_RECORD_BYTES {
            return Err(NetworkError::TooLarge { len, max_bytes: MAX_RECORD_BYTES });
        }
        let outcome = self.local.put_record(record)?;
        if outcome != PutOutcome::Outdated {
            let (key, value) = (record.key.clone(), record.value.clone());
            let record = self.local.store().as_record(key, value);
            self.node.publish_record(record, self.quorum).await?;
        }
        Ok(outcome)
    }
}

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

/// A published record that nobody has sent yet: if the caller gives up, the node offers it.
struct Unsent<'a> {
    node: &'a Netabase,
    key: Option<RecordKey>,
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.node.offers().put_back(self.node.store(), &key);
        }
    }
}

/// Runs some of many futures at a time, and keeps their results in order.
struct Parallel<F: Future> {
    running: FuturesOrdered<F>,
    results: Vec<F::Output>,
}

impl<F: Future> Parallel<F> {
    fn new() -> Self {
        Self { running: FuturesOrdered::new(), results: Vec::new() }
    }

    /// Starts a future, if need be once another has ended.
    async fn start(&mut self, future: F) {
        if self.running.len() >= BATCH_PARALLELISM {
            self.results.extend(self.running.next().await);
        }
        self.running.push_back(future);
    }

    async fn finish(mut self) -> Vec<F::Output> {
        while let Some(result) = self.running.next().await {
            self.results.push(result);
        }
        self.results
    }
}

fn is_tombstone(record: &Record) -> bool {
    EnvelopeHeader::peek(&record.value).is_some_and(|header| header.tombstone)
}

impl<V: NetabaseSchema> Clone for NetworkDatabase<V> {
    fn clone(&self) -> Self {
        let Self { node, local, quorum, mode } = self;
        Self { node: node.clone(), local: local.clone(), quorum: *quorum, mode: *mode }
    }
}

impl<V: NetabaseSchema> fmt::Debug for NetworkDatabase<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkDatabase")
            .field("schema", &V::SCHEMA_NAME)
            .field("quorum", &self.quorum)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
