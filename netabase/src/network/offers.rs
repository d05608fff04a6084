//! Keeps the keys of own records that peers have yet to be sent. Which peers, and when, is not decided here.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use libp2p::kad::{KBucketKey, Record, RecordKey};
use parking_lot::Mutex;
use tokio::sync::{Notify, futures::Notified};

use super::error::NodeError;
use crate::store::{NetabaseStore, ServedSink};

/// The SHA-256 of a key, which places it among Kademlia's. Neighbours in this order have the same peers around them.
pub(super) type KeyHash = [u8; 32];

/// Own records that peers are to be sent as they are now, kept while a node runs.
#[derive(Default)]
pub(super) struct Offers {
    /// `None` while no node runs: nothing would ever take them out.
    waiting: Mutex<Option<Waiting>>,
    news: Notify,
}

type Waiting = BTreeMap<KeyHash, RecordKey>;

/// Hashes a key.
pub(super) fn hash_of(key: &RecordKey) -> KeyHash {
    let hash = KBucketKey::new(key.as_ref());
    hash.hashed_bytes().try_into().expect("SHA-256 has 32 bytes")
}

impl Offers {
    /// Returns how many keys wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.lock().as_ref().map_or(0, BTreeMap::len)
    }

    /// Completes when there is something new to be offered.
    pub(super) fn news(&self) -> Notified<'_> {
        self.news.notified()
    }

    /// Takes out the next key behind a hash, and its record as peers are served it now: none if it is for them
    /// no longer.
    pub(super) fn take(
        &self,
        store: &NetabaseStore,
        after: Option<&KeyHash>,
    ) -> Option<(KeyHash, Option<Record>)> {
        let (hash, key) = self.pop(after)?;
        // Without the lock of the keys, which writers take while they hold the store's.
        Some((hash, store.own_served(&key)))
    }

    fn pop(&self, after: Option<&KeyHash>) -> Option<(KeyHash, RecordKey)> {
        let mut waiting = self.waiting.lock();
        let waiting = waiting.as_mut()?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let hash = *waiting.range::<KeyHash, _>((from, Bound::Unbounded)).next()?.0;
        waiting.remove(&hash).map(|key| (hash, key))
    }

    /// Drops the key of a record that peers have, unless the record has changed since.
    pub(super) fn settle(&self, store: &NetabaseStore, record: &Record) {
        store.if_current(record, || {
            if let Some(waiting) = &mut *self.waiting.lock() {
                waiting.remove(&hash_of(&record.key));
            }
        });
    }

    /// Puts back the key of a record that peers do not have yet. False if it is gone, or no node runs.
    ///
    /// That is no news: the node asks again when it sees fit.
    pub(super) fn put_back(&self, store: &NetabaseStore, key: &RecordKey) -> bool {
        store.owns(key) && self.add(key)
    }

    fn add(&self, key: &RecordKey) -> bool {
        let mut waiting = self.waiting.lock();
        let Some(waiting) = waiting.as_mut() else { return false };
        waiting.insert(hash_of(key), key.clone());
        true
    }
}

impl ServedSink for Offers {
    fn note(&self, key: &RecordKey) {
        self.add(key);
    }

    fn wake(&self) {
        self.news.notify_one();
    }
}

/// Keeps offers attached to a store while it lives: until the node's task ends, however that happens.
pub(super) struct Attached {
    store: NetabaseStore,
    offers: Arc<Offers>,
}

impl Attached {
    /// Begins to note what is to be offered: all own records that peers are served, and all that change.
    ///
    /// # Errors
    ///
    /// [`NodeError::StoreInUse`] if the store has a node already.
    pub(super) fn to(store: &NetabaseStore, offers: &Arc<Offers>) -> Result<Self, NodeError> {
        *offers.waiting.lock() = Some(Waiting::new());
        let sink: Arc<dyn ServedSink> = Arc::clone(offers) as _;
        if !store.attach(&sink) {
            *offers.waiting.lock() = None;
            return Err(NodeError::StoreInUse);
        }
        Ok(Self { store: store.clone(), offers: Arc::clone(offers) })
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.store.detach();
        *self.offers.waiting.lock() = None;
    }
}
