//! Who provides a schema's records: bounded, and gone when they expire. They are no rows, and stand outside of the
//! engine.

use std::{
    collections::{BTreeSet, HashMap},
    time::Instant,
};

use libp2p::{
    PeerId,
    kad::{KBucketDistance, KBucketKey, ProviderRecord, RecordKey},
};

/// What is kept of a provider's addresses: a peer decides how many it sends.
const MAX_ADDRESSES: usize = 8;
const MAX_ADDRESS_BYTES: usize = 64 + 43;

/// The providers of all keys.
pub(in crate::store) struct Providers {
    local: PeerId,
    by_key: HashMap<RecordKey, Vec<ProviderRecord>>,
    /// By the time they expire.
    expiries: BTreeSet<(Instant, Vec<u8>, PeerId)>,
}

impl Providers {
    pub(in crate::store) fn new(local: PeerId) -> Self {
        Self { local, by_key: HashMap::new(), expiries: BTreeSet::new() }
    }

    /// Takes a provider with a few of its addresses, beside at most `max` of one key. Expired ones make room, then the
    /// farthest from the key; the local peer is never crowded out. A provider that is itself the farthest is ignored.
    pub(in crate::store) fn add(&mut self, mut record: ProviderRecord, max: usize, now: Instant) {
        record.addresses.retain(|address| address.len() <= MAX_ADDRESS_BYTES);
        record.addresses.truncate(MAX_ADDRESSES);
        record.addresses.shrink_to_fit();
        self.expire(now, usize::MAX);
        let known = self.of_key(&record.key);
        if let Some(before) = known.iter().position(|known| known.provider == record.provider) {
            // It keeps its place.
            self.expiries.extend(expiry(&record));
            let before = std::mem::replace(
                &mut self.by_key.entry(record.key.clone()).or_default()[before],
                record.clone(),
            );
            if before.expires != record.expires
                && let Some(expiry) = expiry(&before)
            {
                self.expiries.remove(&expiry);
            }
            return;
        }
        if known.len() >= max {
            let farthest = farthest(known.iter().chain([&record]), &self.local);
            let farthest = farthest.map(|farthest| farthest.provider);
            let Some(gone) = farthest.filter(|gone| *gone != record.provider) else { return };
            let key = record.key.clone();
            self.remove(&key, &gone);
        }
        self.expiries.extend(expiry(&record));
        self.by_key.entry(record.key.clone()).or_default().push(record);
    }

    pub(in crate::store) fn remove(&mut self, key: &RecordKey, provider: &PeerId) {
        let Some(of_key) = self.by_key.get_mut(key) else { return };
        let Some(at) = of_key.iter().position(|known| known.provider == *provider) else { return };
        let gone = of_key.remove(at);
        if of_key.is_empty() {
            self.by_key.remove(key);
        }
        if let Some(expiry) = expiry(&gone) {
            self.expiries.remove(&expiry);
        }
    }

    /// Returns the providers of a key, in the order they came.
    pub(in crate::store) fn of_key(&self, key: &RecordKey) -> &[ProviderRecord] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns what the local peer provides.
    pub(in crate::store) fn of_local(&self) -> impl Iterator<Item = &ProviderRecord> {
        self.by_key.values().flatten().filter(|record| record.provider == self.local)
    }

    pub(in crate::store) fn has_expired(&self, now: Instant) -> bool {
        self.expiries.first().is_some_and(|(expires, ..)| *expires <= now)
    }

    /// Takes out at most `max` providers that have expired; says how many.
    pub(in crate::store) fn expire(&mut self, now: Instant, max: usize) -> usize {
        let mut expired = 0;
        while expired < max
            && self.has_expired(now)
            && let Some((_, key, provider)) = self.expiries.pop_first()
        {
            self.remove(&RecordKey::from(key), &provider);
            expired += 1;
        }
        expired
    }
}

fn expiry(record: &ProviderRecord) -> Option<(Instant, Vec<u8>, PeerId)> {
    record.expires.map(|expires| (expires, record.key.to_vec(), record.provider))
}

/// Returns the provider that is farthest from its key, the local peer aside.
fn farthest<'a>(
    providers: impl Iterator<Item = &'a ProviderRecord>,
    local: &PeerId,
) -> Option<&'a ProviderRecord> {
    let distance = |record: &&ProviderRecord| -> KBucketDistance {
        KBucketKey::new(record.key.to_vec()).distance(&KBucketKey::from(record.provider))
    };
    providers.filter(|record| record.provider != *local).max_by_key(distance)
}
