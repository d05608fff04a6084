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

use super::{
    NetabaseStore,
    clock::Now,
    error::StoreError,
    inbound::{Origin, PutOutcome},
    table::Stored,
};
use crate::{record::RecordError, schema::lease_is_over};

/// What is kept of a provider's addresses: a peer decides how many it sends.
const MAX_ADDRESSES: usize = 8;
const MAX_ADDRESS_BYTES: usize = 64;

/// Kademlia's view: the records that are served, each without publisher, and with the end of its
/// lease as expiry.
///
/// `put` validates: an error makes kad reset the sender's stream, so that an acknowledgement means
/// stored. Kad's error type is closed (`ValueTooLarge`, else `MaxRecords`); why a record was refused is
/// logged through `tracing`, at debug level.
///
/// kad's own `remove_record` asks for a record whose publisher is the local peer, and so finds none here:
/// use [`MemoryStoreDatabase::unpublish`](crate::MemoryStoreDatabase::unpublish).
impl RecordStore for NetabaseStore {
    type RecordsIter<'a> = vec::IntoIter<Cow<'a, Record>>;
    type ProvidedIter<'a> = vec::IntoIter<Cow<'a, ProviderRecord>>;

    fn get(&self, key: &KadKey) -> Option<Cow<'_, Record>> {
        let now = self.shared.clock.now();
        let inner = self.shared.inner.read();
        inner.table.get(key).and_then(|stored| served_record(stored, now)).map(Cow::Owned)
    }

    fn put(&mut self, record: Record) -> Result<(), KadError> {
        // Kad drops what comes in with the local peer as publisher: this one was published here.
        let origin =
            if record.publisher == Some(self.peer_id()) { Origin::Publish } else { Origin::Peer };
        let refused = match self.accept(&record, origin) {
            Ok(PutOutcome::Stored | PutOutcome::Equal) => return Ok(()),
            Ok(PutOutcome::Outdated) => StoreError::Outdated,
            Err(error) => error,
        };
        let error: &(dyn Error + 'static) = &refused;
        tracing::debug!(key = ?record.key, error, "refused a record");
        Err(match refused {
            StoreError::ValueTooLarge { .. } | StoreError::Record(RecordError::TooLarge { .. }) => {
                KadError::ValueTooLarge
            }
            _ => KadError::MaxRecords,
        })
    }

    /// Kademlia stops serving the record. One that databases show stays with them.
    fn remove(&mut self, key: &KadKey) {
        self.stop_serving(key, true);
    }

    /// Copies all of them: kad's own jobs call this, so turn them off in large stores.
    fn records(&self) -> Self::RecordsIter<'_> {
        let now = self.shared.clock.now();
        let inner = self.shared.inner.read();
        let served = |stored| served_record(stored, now).map(Cow::Owned);
        inner.table.unordered().filter_map(served).collect::<Vec<_>>().into_iter()
    }

    /// Takes providers of the shared schemas that were opened here, and of nothing else, so that their
    /// number is bounded; each with a few addresses. Expired ones make room.
    fn add_provider(&mut self, mut record: ProviderRecord) -> Result<(), KadError> {
        let now = self.shared.clock.now().monotonic;
        let mut inner = self.shared.inner.write();
        if !inner.schemas.has_provider_key(record.key.as_ref()) {
            // Code of the user may listen to the log.
            drop(inner);
            tracing::debug!(key = ?record.key, "refused a provider of an unknown schema");
            return Err(KadError::MaxProvidedKeys);
        }
        record.addresses.retain(|address| address.len() <= MAX_ADDRESS_BYTES);
        record.addresses.truncate(MAX_ADDRESSES);
        record.addresses.shrink_to_fit();
        let known = inner.table.providers(&record.key);
        for gone in self.providers_to_drop(&known, &record, now) {
            inner.table.remove_provider(&gone.key, &gone.provider);
        }
        inner.table.add_provider(record)
    }

    fn providers(&self, key: &KadKey) -> Vec<ProviderRecord> {
        self.shared.inner.read().table.providers(key)
    }

    fn provided(&self) -> Self::ProvidedIter<'_> {
        let provided = self.shared.inner.read().table.provided();
        provided.into_iter().map(Cow::Owned).collect::<Vec<_>>().into_iter()
    }

    fn remove_provider(&mut self, key: &KadKey, provider: &PeerId) {
        self.shared.inner.write().table.remove_provider(key, provider);
    }
}

impl NetabaseStore {
    /// The expired ones; or, if the local peer's own announcement would find no room, the last
    /// stranger: what was announced here must not be crowded out.
    fn providers_to_drop<'a>(
        &self,
        known: &'a [ProviderRecord],
        new: &ProviderRecord,
        now: Instant,
    ) -> Vec<&'a ProviderRecord> {
        let expired: Vec<_> = known.iter().filter(|known| known.is_expired(now)).collect();
        let is_full = known.len() >= self.limits().max_providers_per_key;
        let is_known = known.contains(new);
        if expired.is_empty() && is_full && !is_known && new.provider == self.peer_id() {
            return known.last().into_iter().collect();
        }
        expired
    }
}

fn served_record(stored: Stored<'_>, now: Now) -> Option<Record> {
    let not_after = stored.header().not_after;
    if !stored.state.served || lease_is_over(not_after, now.unix_ms) {
        return None;
    }
    Some(Record {
        key: stored.key().clone(),
        value: stored.value.to_vec(),
        publisher: None,
        expires: lease_end(not_after, now),
    })
}

/// The end of a lease by the monotonic clock; `None` if it has none.
pub(super) fn lease_end(not_after: u32, now: Now) -> Option<Instant> {
    let end_ms = u64::from(not_after).checked_mul(1000).filter(|&end_ms| end_ms != 0)?;
    now.monotonic.checked_add(Duration::from_millis(end_ms.saturating_sub(now.unix_ms)))
}
