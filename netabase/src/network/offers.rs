//! Keeps the keys of own records that peers have yet to be sent. Which peers, and when, is not decided here.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use libp2p::kad::{Record, RecordKey};
use parking_lot::Mutex;
use tokio::sync::{Notify, futures::Notified};

use super::{
    error::NodeError,
    place::{KeyHash, hash_of},
};
use crate::store::{NetabaseStore, ServedRecords, ServedSink};

/// Own records that peers are to be sent as they are now, kept while a node runs.
#[derive(Default)]
pub(super) struct Offers {
    /// `None` while no node runs: nothing would ever take them out.
    waiting: Mutex<Option<Waiting>>,
    /// Own records that were there before the node, and were not looked at yet.
    earlier: Mutex<Option<ServedRecords>>,
    news: Notify,
}

/// The earlier records that are looked at in one step.
const MAX_EARLIER: usize = 256;

type Waiting = BTreeMap<KeyHash, RecordKey>;

impl Offers {
    /// Begins to keep keys.
    pub(super) fn begin(&self) {
        *self.waiting.lock() = Some(Waiting::new());
    }

    /// Returns how many keys wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.lock().as_ref().map_or(0, BTreeMap::len)
    }

    /// Returns whether records that were there before the node are yet to be looked at.
    pub(super) fn has_earlier(&self) -> bool {
        self.earlier.lock().is_some()
    }

    /// Adds some of the records that were there before the node.
    pub(super) fn add_earlier(&self) {
        let mut earlier = self.earlier.lock();
        let Some(records) = earlier.as_mut() else { return };
        let has_more = records.show_some(MAX_EARLIER, |key| {
            self.insert(hash_of(key), key.clone());
        });
        if !has_more {
            *earlier = None;
        }
    }

    /// Completes when there is something new to be offered.
    pub(super) fn news(&self) -> Notified<'_> {
        self.news.notified()
    }

    /// Returns the next place behind one, of a key that waits.
    pub(super) fn peek(&self, after: Option<&KeyHash>) -> Option<KeyHash> {
        let waiting = self.waiting.lock();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut next = waiting.as_ref()?.range::<KeyHash, _>((from, Bound::Unbounded));
        next.next().map(|(hash, _)| *hash)
    }

    /// Takes out the key of a place.
    pub(super) fn take(&self, hash: &KeyHash) -> Option<RecordKey> {
        self.waiting.lock().as_mut()?.remove(hash)
    }

    /// Returns whether the key of a place waits.
    pub(super) fn contains(&self, hash: &KeyHash) -> bool {
        self.waiting.lock().as_ref().is_some_and(|waiting| waiting.contains_key(hash))
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
    pub(super) fn put_back(&self, store: &NetabaseStore, key: &RecordKey) -> bool {
        store.is_offered(key) && self.insert(hash_of(key), key.clone())
    }

    /// Adds a key; that is no news. False if no node runs.
    pub(super) fn insert(&self, hash: KeyHash, key: RecordKey) -> bool {
        let mut waiting = self.waiting.lock();
        let Some(waiting) = waiting.as_mut() else { return false };
        waiting.insert(hash, key);
        true
    }
}

impl ServedSink for Offers {
    fn note(&self, key: &RecordKey) {
        self.insert(hash_of(key), key.clone());
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
        offers.begin();
        let sink: Arc<dyn ServedSink> = Arc::clone(offers) as _;
        let Some(earlier) = store.attach(&sink) else {
            *offers.waiting.lock() = None;
            return Err(NodeError::StoreInUse);
        };
        *offers.earlier.lock() = Some(earlier);
        offers.wake();
        Ok(Self { store: store.clone(), offers: Arc::clone(offers) })
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.store.detach();
        *self.offers.earlier.lock() = None;
        *self.offers.waiting.lock() = None;
    }
}
