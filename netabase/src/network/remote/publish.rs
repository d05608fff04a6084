//! Writes to the network: publishes values and records, and offers again what was not sent.

use libp2p::kad::{Record, RecordKey};
use tracing::Instrument;

use super::{NetworkDatabase, parallel::Parallel};
use crate::{
    network::{
        error::NetworkError, node::Netabase, report::PublishReport, settings::MAX_RECORD_BYTES,
    },
    schema::SharedSchema,
    store::{ArrivalError, PutOutcome, TooLarge, WriteError},
};

impl<V: SharedSchema> NetworkDatabase<V> {
    /// Stores a value here, unless it is what is stored already, and sends it to the peers closest to its
    /// key, signed if the schema is owned. From then on the node renews it, and offers each later write of
    /// the same key.
    ///
    /// Without any peer to send it to, the report says so, and the value is offered to the first peers that come.
    ///
    /// # Errors
    ///
    /// - [`NetworkError::Write`] if the value cannot be stored here, is longer, with its key, than the network
    ///   carries, or peers would refuse its timestamp. Nothing was stored or sent.
    /// - [`NetworkError::Outdated`] if a peer has a newer value: that is stored here now, and this one was not sent.
    /// - [`NetworkError::QuorumMissed`] if too few peers took it: it is stored here, and offered again.
    /// - [`NetworkError::Stopped`] if the node was shut down: it is stored here.
    pub async fn publish(&self, value: &V) -> Result<PublishReport, NetworkError> {
        // Encoded once: these bytes are measured, compared, stored and sent; stored in one commit.
        let unpublished = self.local.encode_to_publish(value)?;
        let len = unpublished.len();
        if len > MAX_RECORD_BYTES {
            let too_large = TooLarge::Record { len, max_bytes: MAX_RECORD_BYTES };
            return Err(WriteError::from(too_large).into());
        }
        self.send(self.local.store_to_publish(unpublished)?).await
    }

    /// Publishes what is stored here under a key; a tombstone, too.
    pub(super) async fn publish_stored(
        &self,
        key: &RecordKey,
    ) -> Result<PublishReport, NetworkError> {
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
        // What peers hold must not be newer than what is here after a crash.
        self.local.store().sync_async().await.map_err(WriteError::from)?;
        let report = self.node.publish_record(record, self.quorum).instrument(span).await;
        // The task has sent it, or notes itself that it is to be offered.
        if !matches!(report, Err(NetworkError::Stopped)) {
            unsent.key = None;
        }
        report
    }

    /// Calls [`publish`](Self::publish) for each of these values, some at a time. Returns a result an item, in their
    /// order.
    pub async fn publish_each(&self, values: &[V]) -> Vec<Result<PublishReport, NetworkError>> {
        let mut all = Parallel::new();
        for value in values {
            all.start(self.publish(value)).await;
        }
        all.finish().await
    }

    /// Sends a record that was made elsewhere to the peers closest to its key, as it is, and takes it in
    /// here.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Arrival`] if it is not a valid record of the schema: nothing was stored or sent. Else as
    /// [`publish`](Self::publish).
    pub async fn put_record(&self, record: &Record) -> Result<PutOutcome, NetworkError> {
        let len = record.key.as_ref().len() + record.value.len();
        if len > MAX_RECORD_BYTES {
            let too_large = TooLarge::Record { len, max_bytes: MAX_RECORD_BYTES };
            return Err(ArrivalError::from(too_large).into());
        }
        let outcome = self.local.put_record(record)?;
        if outcome != PutOutcome::Outdated {
            let (key, value) = (record.key.clone(), record.value.clone());
            let record = self.local.store().as_record(key, value);
            self.send(Some(record)).await?;
        }
        Ok(outcome)
    }
}

/// Hands a published record that was not sent to the node's offers, if the caller gives up.
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
