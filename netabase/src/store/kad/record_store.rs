//! The store as kad's `RecordStore`.

use std::{
    borrow::Cow,
    error::Error,
    time::{Duration, Instant},
    vec,
};

use libp2p::{
    PeerId,
    kad::{
        ProviderRecord, Record, RecordKey as KadKey,
        store::{Error as KadError, RecordStore},
    },
};

use crate::{
    schema::lease_is_over,
    store::{
        NetabaseStore,
        clock::{Moment, Now},
        engine::RowRef,
        error::{ArrivalError, RefusalReason},
        inbound::{Origin, PutOutcome},
        source::Source,
    },
};

/// Kademlia's view: the records that are served, each without publisher, and with the end of its
/// lease as expiry.
///
/// `put` validates: after an error kad does not acknowledge the record, so that an acknowledgement means
/// stored. Its sender learns that by its own timeout, since kad 0.49 forgets the stream it means to reset; after
/// 32 of them in a connection kad drops what comes over it. (A `Netabase` node answers at once.)
/// Kad's error type is closed (`ValueTooLarge`, else `MaxRecords`); why a record was refused is
/// logged through `tracing`, at debug level. Owned records of schemas, or of versions, that are not known here
/// are taken as [`put_from`](NetabaseStore::put_from) does.
///
/// kad's own `remove_record` asks for a record whose publisher is the local peer, and so finds none here:
/// use [`MemoryStoreDatabase::unpublish`](crate::MemoryStoreDatabase::unpublish).
impl RecordStore for NetabaseStore {
    type RecordsIter<'a> = vec::IntoIter<Cow<'a, Record>>;
    type ProvidedIter<'a> = vec::IntoIter<Cow<'a, ProviderRecord>>;

    fn get(&self, key: &KadKey) -> Option<Cow<'_, Record>> {
        let now = self.now();
        let inner = self.shared.inner.read();
        inner.engine.get(key).and_then(|row| served_record(row, &now)).map(Cow::Owned)
    }

    fn put(&mut self, record: Record) -> Result<(), KadError> {
        // Kad drops what comes in with the local peer as publisher: this one was published here.
        let published = record.publisher == Some(self.peer_id());
        let origin = if published { Origin::Publish } else { Origin::Peer(Source::UNKNOWN) };
        let refused = match self.receive(&record, origin) {
            Ok(PutOutcome::Stored | PutOutcome::Merged | PutOutcome::Equal) => return Ok(()),
            Ok(PutOutcome::Outdated) => ArrivalError::Outdated,
            Err(error) => error,
        };
        let error: &(dyn Error + 'static) = &refused;
        tracing::debug!(key = ?record.key, reason = %refused.reason(), error, "refused a record");
        Err(as_kad_error(&refused))
    }

    /// Kademlia stops serving the record. One that databases show stays with them.
    fn remove(&mut self, key: &KadKey) {
        if let Err(error) = self.stop_serving(key, true) {
            let error: &(dyn Error + 'static) = &error;
            tracing::debug!(?key, error, "could not stop serving a record");
        }
    }

    /// Copies all of them: kad's own jobs call this, so turn them off in large stores.
    fn records(&self) -> Self::RecordsIter<'_> {
        let now = self.now();
        let inner = self.shared.inner.read();
        let served = |row| served_record(row, &now).map(Cow::Owned);
        inner.engine.unordered().filter_map(served).collect::<Vec<_>>().into_iter()
    }

    /// Takes providers of the shared schemas that were opened here, and of nothing else, so that their
    /// number is bounded; each with a few addresses. Expired ones make room, then the farthest from the key.
    fn add_provider(&mut self, record: ProviderRecord) -> Result<(), KadError> {
        let now = self.now();
        let mut inner = self.shared.inner.write();
        if !inner.schemas.has_provider_key(record.key.as_ref()) {
            drop(inner);
            // Without the lock: code of the user may listen to the log.
            tracing::debug!(key = ?record.key, "refused a provider of an unknown schema");
            return Err(KadError::MaxProvidedKeys);
        }
        let max = inner.limits.max_providers_per_key;
        inner.providers.add(record, max, now.now.monotonic);
        Ok(())
    }

    fn providers(&self, key: &KadKey) -> Vec<ProviderRecord> {
        let now = self.now();
        let mut providers = self.shared.inner.read().providers.of_key(key).to_vec();
        providers.retain(|provider| !provider.is_expired(now.now.monotonic));
        providers
    }

    fn provided(&self) -> Self::ProvidedIter<'_> {
        let inner = self.shared.inner.read();
        inner.providers.of_local().cloned().map(Cow::Owned).collect::<Vec<_>>().into_iter()
    }

    fn remove_provider(&mut self, key: &KadKey, provider: &PeerId) {
        self.shared.inner.write().providers.remove(key, provider);
    }
}

/// What kad's closed error type can say of a refusal.
pub(crate) fn as_kad_error(refused: &ArrivalError) -> KadError {
    match refused.reason() {
        RefusalReason::TooLarge => KadError::ValueTooLarge,
        _ => KadError::MaxRecords,
    }
}

fn served_record(row: RowRef<'_>, now: &Moment) -> Option<Record> {
    let lapsed = lease_is_over(row.header().not_after, now.unix_ms());
    let served = row.state().served && !lapsed && !row.is_expired(now);
    served.then(|| as_record(row, now))
}

/// Returns a record as it would be sent: no publisher, and the end of its lease as expiry.
pub(in crate::store) fn as_record(row: RowRef<'_>, now: &Moment) -> Record {
    let expires = lease_end(row.header().not_after, now.now);
    Record { key: row.key().to_key(), value: row.value.to_vec(), publisher: None, expires }
}

/// Returns the end of a lease by the monotonic clock; `None` if it has none.
pub(in crate::store) fn lease_end(not_after: u32, now: Now) -> Option<Instant> {
    let end_ms = u64::from(not_after).checked_mul(1000).filter(|&end_ms| end_ms != 0)?;
    now.monotonic.checked_add(Duration::from_millis(end_ms.saturating_sub(now.unix_ms)))
}
