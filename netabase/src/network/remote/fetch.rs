//! Reads from the network, and removes what is there.

use libp2p::kad::{Record, RecordKey};
use tracing::Instrument;

use super::NetworkDatabase;
use crate::{
    network::{
        error::NetworkError,
        query::{FetchMode, Fetched},
    },
    record::record_to_value,
    schema::{EnvelopeHeader, KeyOf, SharedSchema},
    store::ArrivalError,
};

impl<V: SharedSchema> NetworkDatabase<V> {
    /// Looks for the newest value of a key, here and at peers. Returns `None` if all peers close to it were asked, at
    /// least one answered, and there is none or it was removed. The answer is never older than what is known here.
    ///
    /// If no peer answers, what is held here is the answer.
    ///
    /// # Errors
    ///
    /// Only if nothing is known here: [`NetworkError::NobodyToAsk`], [`NetworkError::Unreachable`],
    /// [`NetworkError::TimedOut`], [`NetworkError::OnlyInvalid`]; and [`NetworkError::Record`] if no record
    /// could have such a key, [`NetworkError::Stopped`] if the node was shut down.
    ///
    /// If the newest value was written by another version of the schema, or in another codec,
    /// [`NetworkError::Record`] with [`RecordError::Version`](crate::RecordError::Version) or
    /// [`RecordError::UnsupportedCodec`](crate::RecordError::UnsupportedCodec): an older one is no answer. It is
    /// held here for other peers, as if one had sent it.
    pub async fn get<Q>(&self, key: &Q) -> Result<Option<V>, NetworkError>
    where
        Q: KeyOf<V::Key> + Sync + ?Sized,
    {
        let key = self.local.record_key(key)?;
        let record = self.find(&key).await?.record;
        let live = record.filter(|record| !is_tombstone(record));
        Ok(live.map(|record| record_to_value(&record)).transpose()?)
    }

    /// Returns the winner under a record key, which is adopted here.
    pub(super) async fn find(&self, key: &RecordKey) -> Result<Fetched, NetworkError> {
        let known = self.local.held_record(key);
        if self.mode == FetchMode::Local {
            return Ok(Fetched::here(known.map(|known| known.record)));
        }
        let span = tracing::debug_span!("fetch", schema = V::SCHEMA_NAME, ?key);
        let fetch = self.node.fetch_record(key.clone(), self.mode, known);
        let found = fetch.instrument(span).await?;
        if let Some(record) = &found.record {
            self.adopt(record)?;
        }
        Ok(found)
    }

    /// Stores what the task found: it has verified that, or it was here before.
    fn adopt(&self, record: &Record) -> Result<(), NetworkError> {
        match self.local.store().put_validated(record) {
            // It is an answer also if there is no room to keep it, or something newer came meanwhile; or if no type
            // here can read it, and what is here is private.
            Ok(_)
            | Err(
                ArrivalError::ForeignFull { .. }
                | ArrivalError::OutOfRoom(_)
                | ArrivalError::Private,
            ) => Ok(()),
            // What is private here is not signed, and no other peer's business.
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
    /// copies. False if there was no value, here or at those peers that answered.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and nothing is removed; then as [`publish`](Self::publish): it is removed here,
    /// and the tombstone is offered again. [`NetworkError::Write`] with
    /// [`WriteError::NotOwner`](crate::WriteError::NotOwner) for another owner's values.
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
}

pub(super) fn is_tombstone(record: &Record) -> bool {
    EnvelopeHeader::peek(&record.value).is_some_and(|header| header.tombstone)
}
