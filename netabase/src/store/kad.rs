use std::{
    borrow::Cow,
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
    state::RecordState,
    table::Stored,
};
use crate::{record::RecordKey, schema::lease_is_over};

/// Kademlia's view: the records that are served, each without publisher, and with the end of its
/// lease as expiry.
///
/// `put` validates: an error makes kad reset the sender's stream, so that an acknowledgement means
/// stored. Kad's error type is closed; why a record was refused is logged.
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
        tracing::debug!(key = ?record.key, error = %refused, "refused a record");
        Err(match refused {
            StoreError::ValueTooLarge { .. } => KadError::ValueTooLarge,
            _ => KadError::MaxRecords,
        })
    }

    /// Kademlia stops serving the record. One that the application wants stays with it.
    fn remove(&mut self, key: &KadKey) {
        let mut inner = self.shared.inner.write();
        let Some(old) = inner.replaced(key) else { return };
        let Some(schema) =
            RecordKey::parse(key.as_ref()).ok().and_then(|key| inner.schemas.find(key.schema))
        else {
            return;
        };
        if old.state.wanted {
            inner.set_state(schema, key, RecordState { served: false, ..old.state });
        } else {
            inner.drop_record(schema, key, &old);
        }
    }

    /// Copies all of them: kad's own jobs call this, so turn them off in large stores.
    fn records(&self) -> Self::RecordsIter<'_> {
        let now = self.shared.clock.now();
        let inner = self.shared.inner.read();
        let served = |stored| served_record(stored, now).map(Cow::Owned);
        inner.table.unordered().filter_map(served).collect::<Vec<_>>().into_iter()
    }

    fn add_provider(&mut self, record: ProviderRecord) -> Result<(), KadError> {
        self.shared.inner.write().table.add_provider(record)
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
