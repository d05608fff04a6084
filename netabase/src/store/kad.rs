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
    changes::ChangeOrigin,
    clock::{Moment, Now},
    encoded::{Standing, Stored},
    error::StoreError,
    inbound::{Origin, PutOutcome},
    source::Source,
    state::RecordState,
};
use crate::{record::RecordError, schema::lease_is_over};

/// Kademlia's view: the records that are served, each without publisher, and with the end of its
/// lease as expiry.
///
/// `put` validates: an error makes kad reset the sender's stream, so that an acknowledgement means
/// stored. Kad's error type is closed (`ValueTooLarge`, else `MaxRecords`); why a record was refused is
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
        inner.table.get(key).and_then(|stored| served_record(stored, &now)).map(Cow::Owned)
    }

    fn put(&mut self, record: Record) -> Result<(), KadError> {
        // Kad drops what comes in with the local peer as publisher: this one was published here.
        let published = record.publisher == Some(self.peer_id());
        let origin = if published { Origin::Publish } else { Origin::Peer(Source::UNKNOWN) };
        let refused = match self.accept(&record, origin) {
            Ok(PutOutcome::Stored | PutOutcome::Merged | PutOutcome::Equal) => return Ok(()),
            Ok(PutOutcome::Outdated) => StoreError::Outdated,
            Err(error) => error,
        };
        let error: &(dyn Error + 'static) = &refused;
        tracing::debug!(key = ?record.key, error, "refused a record");
        Err(as_kad_error(&refused))
    }

    /// Kademlia stops serving the record. One that databases show stays with them.
    fn remove(&mut self, key: &KadKey) {
        self.stop_serving(key, true);
    }

    /// Copies all of them: kad's own jobs call this, so turn them off in large stores.
    fn records(&self) -> Self::RecordsIter<'_> {
        let now = self.now();
        let inner = self.shared.inner.read();
        let served = |stored| served_record(stored, &now).map(Cow::Owned);
        inner.table.unordered().filter_map(served).collect::<Vec<_>>().into_iter()
    }

    /// Takes providers of the shared schemas that were opened here, and of nothing else, so that their
    /// number is bounded; each with a few addresses. Expired ones make room, then the farthest from the key.
    fn add_provider(&mut self, record: ProviderRecord) -> Result<(), KadError> {
        let now = self.now();
        let key = record.key.clone();
        let added =
            self.shared.inner.write().add_provider(record, &self.peer_id(), now.now.monotonic);
        if added.is_err() {
            // Without the lock: code of the user may listen to the log.
            tracing::debug!(?key, "refused a provider of an unknown schema");
        }
        added
    }

    fn providers(&self, key: &KadKey) -> Vec<ProviderRecord> {
        let now = self.now();
        let mut providers = self.shared.inner.read().table.providers(key);
        providers.retain(|provider| !provider.is_expired(now.now.monotonic));
        providers
    }

    fn provided(&self) -> Self::ProvidedIter<'_> {
        let provided = self.shared.inner.read().table.provided();
        provided.into_iter().map(Cow::Owned).collect::<Vec<_>>().into_iter()
    }

    fn remove_provider(&mut self, key: &KadKey, provider: &PeerId) {
        self.shared.inner.write().remove_provider(key, provider);
    }
}

impl NetabaseStore {
    /// Kademlia serves the record no longer. False if databases do not show it: then it is not touched,
    /// or, if `hidden` ones are meant, too, dropped.
    pub(crate) fn stop_serving(&self, key: &KadKey, hidden: bool) -> bool {
        let now = self.now();
        let mut inner = self.write_at(ChangeOrigin::Local, &now);
        let Some(old) = inner.replaced(key, &now) else { return false };
        let schema = inner.schemas.of_key(key.as_ref());
        if old.visible {
            let state = RecordState { served: false, ..old.state() };
            let standing = Standing { state, renewable: false, ..old.standing };
            inner.set_standing(schema, key, standing);
        } else if hidden {
            inner.drop_record(&old);
        }
        old.visible
    }
}

/// What kad's closed error type can say of a refusal.
pub(crate) fn as_kad_error(refused: &StoreError) -> KadError {
    match refused {
        StoreError::ValueTooLarge { .. }
        | StoreError::RecordTooLarge { .. }
        | StoreError::Record(RecordError::TooLarge { .. }) => KadError::ValueTooLarge,
        _ => KadError::MaxRecords,
    }
}

fn served_record(stored: Stored<'_>, now: &Moment) -> Option<Record> {
    let lapsed = lease_is_over(stored.header().not_after, now.unix_ms());
    let served = stored.state().served && !lapsed && !stored.is_expired(now);
    served.then(|| as_record(stored, now))
}

/// A record as it would be sent: no publisher, and the end of its lease as expiry.
pub(super) fn as_record(stored: Stored<'_>, now: &Moment) -> Record {
    let expires = lease_end(stored.header().not_after, now.now);
    Record { key: stored.key().clone(), value: stored.value.to_vec(), publisher: None, expires }
}

/// The end of a lease by the monotonic clock; `None` if it has none.
pub(super) fn lease_end(not_after: u32, now: Now) -> Option<Instant> {
    let end_ms = u64::from(not_after).checked_mul(1000).filter(|&end_ms| end_ms != 0)?;
    now.monotonic.checked_add(Duration::from_millis(end_ms.saturating_sub(now.unix_ms)))
}
