//! Who provides a schema's records: bounded, and gone when they expire, through an index of our own, since
//! a `MemoryStore` cannot list them.

use std::{collections::BTreeSet, time::Instant};

use libp2p::{
    PeerId,
    kad::{KBucketDistance, KBucketKey, ProviderRecord, RecordKey, store::Error as KadError},
};

use super::inner::Inner;

/// What is kept of a provider's addresses: a peer decides how many it sends.
const MAX_ADDRESSES: usize = 8;
const MAX_ADDRESS_BYTES: usize = 64;

/// Providers by the time they expire.
#[derive(Default)]
pub(super) struct Expiries(BTreeSet<(Instant, Vec<u8>, PeerId)>);

impl Expiries {
    fn insert(&mut self, record: &ProviderRecord) {
        self.0.extend(entry(record));
    }

    fn remove(&mut self, record: &ProviderRecord) {
        if let Some(entry) = entry(record) {
            self.0.remove(&entry);
        }
    }
}

fn entry(record: &ProviderRecord) -> Option<(Instant, Vec<u8>, PeerId)> {
    record.expires.map(|expires| (expires, record.key.to_vec(), record.provider))
}

impl Inner {
    /// Takes a provider of a shared schema that is known, and of nothing else, so that their number is
    /// bounded, with a few of its addresses. Expired ones make room, then the farthest from the key; the
    /// local peer is never crowded out.
    ///
    /// # Errors
    ///
    /// [`KadError::MaxProvidedKeys`] if the schema is not known. A provider that is itself the farthest is
    /// ignored, as a `MemoryStore` ignores those beyond its limit.
    pub(super) fn add_provider(
        &mut self,
        mut record: ProviderRecord,
        local: &PeerId,
        now: Instant,
    ) -> Result<(), KadError> {
        if !self.schemas.has_provider_key(record.key.as_ref()) {
            return Err(KadError::MaxProvidedKeys);
        }
        record.addresses.retain(|address| address.len() <= MAX_ADDRESS_BYTES);
        record.addresses.truncate(MAX_ADDRESSES);
        record.addresses.shrink_to_fit();
        self.sweep_providers(now, usize::MAX);
        let known = self.table.providers(&record.key);
        if let Some(before) = known.iter().find(|known| known.provider == record.provider) {
            self.providers.remove(before);
        } else if known.len() >= self.limits.max_providers_per_key {
            let gone = farthest(known.into_iter().chain([record.clone()]), local);
            let Some(gone) = gone.filter(|gone| gone.provider != record.provider) else {
                return Ok(());
            };
            self.remove_provider(&gone.key, &gone.provider);
        }
        self.providers.insert(&record);
        self.table.add_provider(record)
    }

    pub(super) fn remove_provider(&mut self, key: &RecordKey, provider: &PeerId) {
        let known = self.table.providers(key);
        if let Some(known) = known.iter().find(|known| known.provider == *provider) {
            self.providers.remove(known);
            self.table.remove_provider(key, provider);
        }
    }

    pub(super) fn has_expired_providers(&self, now: Instant) -> bool {
        self.providers.0.first().is_some_and(|(expires, ..)| *expires <= now)
    }

    /// Takes out at most `max` providers that have expired; says how many.
    pub(super) fn sweep_providers(&mut self, now: Instant, max: usize) -> usize {
        let mut swept = 0;
        while swept < max && self.has_expired_providers(now) {
            if let Some((_, key, provider)) = self.providers.0.pop_first() {
                self.table.remove_provider(&RecordKey::from(key), &provider);
                swept += 1;
            }
        }
        swept
    }
}

/// The provider that is farthest from its key, the local peer aside.
fn farthest(
    providers: impl Iterator<Item = ProviderRecord>,
    local: &PeerId,
) -> Option<ProviderRecord> {
    let distance = |record: &ProviderRecord| -> KBucketDistance {
        KBucketKey::new(record.key.to_vec()).distance(&KBucketKey::from(record.provider))
    };
    providers.filter(|record| record.provider != *local).max_by_key(distance)
}
