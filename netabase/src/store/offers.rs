use std::{collections::BTreeMap, ops::Bound, time::Instant};

use libp2p::kad::{KBucketKey, Record, RecordKey};
use tokio::sync::futures::Notified;

use super::{
    NetabaseStore, encoded::Stored, error::StoreError, inner::Inner, kad::as_record, page::View,
    schemas::SchemaId, state::RecordState,
};
use crate::{
    record::MAX_RECORD_BYTES,
    schema::{EnvelopeHeader, lease_is_over},
};

/// Where a key lies among Kademlia's: its SHA-256. Whoever goes through keys in this order meets the same
/// peers for neighbours.
pub(crate) type Place = [u8; 32];

/// Own records that peers are to be sent as they are now, kept while a node runs.
#[derive(Default)]
pub(super) struct Offers {
    /// None while no node runs: nobody would ever take them out.
    waiting: Option<BTreeMap<Place, RecordKey>>,
    /// Whether some came that the node was not told of.
    has_news: bool,
}

impl Offers {
    fn add(&mut self, key: &RecordKey) {
        let Some(waiting) = &mut self.waiting else { return };
        waiting.insert(place_of(key), key.clone());
        self.has_news = true;
    }

    pub(super) fn remove(&mut self, key: &RecordKey) {
        if let Some(waiting) = &mut self.waiting {
            waiting.remove(&place_of(key));
        }
    }

    /// Whether the node is to be told; not twice of the same.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }
}

pub(crate) fn place_of(key: &RecordKey) -> Place {
    let place = KBucketKey::new(key.as_ref());
    place.hashed_bytes().try_into().expect("SHA-256 has 32 bytes")
}

impl Inner {
    /// Whether a record of so many bytes, key and value, can be offered to peers, if there is a node to do it.
    pub(super) fn check_offered_len(&self, len: usize) -> Result<(), StoreError> {
        let max_bytes = MAX_RECORD_BYTES;
        if self.offers.waiting.is_some() && len > max_bytes {
            return Err(StoreError::RecordTooLarge { len, max_bytes });
        }
        Ok(())
    }

    /// Notes that peers have yet to be sent what is stored under a key now, if it is for them.
    pub(super) fn note_offer(
        &mut self,
        key: &RecordKey,
        (old, new): (Option<(RecordState, EnvelopeHeader)>, (RecordState, EnvelopeHeader)),
    ) {
        // What a peer wrote peers have.
        let is_for_peers = new.0.own && new.0.served && self.changes.is_local();
        let was_before =
            old.is_some_and(|(state, header)| state.own && state.served && header == new.1);
        if is_for_peers && !was_before {
            self.offers.add(key);
        }
    }
}

impl NetabaseStore {
    /// Begins to keep what is to be offered to peers, at first all that they are served of the
    /// application's own. False if a node does so already.
    pub(crate) fn attach(&self) -> bool {
        {
            let mut inner = self.shared.inner.write();
            if inner.offers.waiting.is_some() {
                return false;
            }
            inner.offers.waiting = Some(BTreeMap::new());
        }
        let own = self.raw_walk(b"", View::OwnEverything, true);
        for own in own.filter(|own| own.state.served) {
            self.shared.inner.write().offers.add(&own.record.key);
        }
        true
    }

    /// Ends what [`attach`](Self::attach) began.
    pub(crate) fn detach(&self) {
        self.shared.inner.write().offers = Offers::default();
    }

    /// The store's clock, by which the node waits, too.
    pub(crate) fn monotonic(&self) -> Instant {
        self.shared.clock.now().monotonic
    }

    /// Completes when there is something new to be offered.
    pub(crate) fn news(&self) -> Notified<'_> {
        self.shared.news.notified()
    }

    /// The schemas that peers exchange records of.
    pub(crate) fn shared_schemas(&self) -> Vec<SchemaId> {
        self.shared.inner.read().schemas.shared()
    }

    pub(crate) fn offers_waiting(&self) -> usize {
        self.shared.inner.read().offers.waiting.as_ref().map_or(0, BTreeMap::len)
    }

    /// Takes out the next key that is to be offered behind a place, and its record as peers are served it
    /// now: none if it is for them no longer.
    pub(crate) fn take_offer(&self, after: Option<&Place>) -> Option<(Place, Option<Record>)> {
        let now = self.now();
        let mut inner = self.shared.inner.write();
        let waiting = inner.offers.waiting.as_mut()?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let place = *waiting.range::<Place, _>((from, Bound::Unbounded)).next()?.0;
        let key = waiting.remove(&place)?;
        let stored = inner.table.get(&key).filter(|stored| {
            let lapsed = lease_is_over(stored.header().not_after, now.unix_ms());
            stored.state().own && stored.state().served && !lapsed && !stored.is_expired(&now)
        });
        Some((place, stored.map(|stored| as_record(stored, &now))))
    }

    /// Peers have this record: it need not be offered, unless it has changed since.
    pub(crate) fn was_offered(&self, record: &Record) {
        let mut inner = self.shared.inner.write();
        let is_it = |stored: Stored<'_>| stored.value == record.value.as_slice();
        if inner.table.get(&record.key).is_some_and(is_it) {
            inner.offers.remove(&record.key);
        }
    }

    /// Peers do not have this record yet: it is to be offered again. False if it is gone, or no node runs.
    pub(crate) fn offer_again(&self, key: &RecordKey) -> bool {
        let mut inner = self.shared.inner.write();
        let is_there = inner.table.get(key).is_some_and(|stored| stored.state().own);
        // No news: the node asks again when it thinks fit.
        match &mut inner.offers.waiting {
            Some(waiting) if is_there => {
                waiting.insert(place_of(key), key.clone());
                true
            }
            _ => false,
        }
    }
}
