use std::{iter::FusedIterator, vec};

use libp2p::{PeerId, kad::RecordKey};

use super::{
    NetabaseStore,
    page::View,
    raw::{RawRecord, RawRecords},
    usage::Usage,
};

/// How many keys are looked up under one lock.
const CHUNK: usize = 256;

impl NetabaseStore {
    /// What the records of a publisher take, in constant time.
    ///
    /// A publisher is who signed a record, else who it claims published it. The local peer's are those the
    /// application wrote. A claim proves nothing: anybody can make it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// let store = NetabaseStore::new();
    /// store.database::<User>()?.put(&User { id: 7 })?;
    /// assert_eq!(store.publisher_usage(&store.peer_id()).records, 1);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    #[must_use]
    pub fn publisher_usage(&self, publisher: &PeerId) -> Usage {
        self.sweep_all(&self.now());
        let inner = self.shared.inner.read();
        if *publisher == self.peer_id() {
            return inner.usages.own;
        }
        let publishers = &inner.tracking.publishers;
        publishers.find(publisher).map(|id| publishers.usage(id)).unwrap_or_default()
    }

    /// All publishers of foreign records, in no order, and what their records take. At most as many as
    /// there are foreign records; of those that merely claim to be one,
    /// [`Limits::max_claimed_publishers`](crate::Limits::max_claimed_publishers).
    #[must_use]
    pub fn publishers(&self) -> Vec<(PeerId, Usage)> {
        self.sweep_all(&self.now());
        self.shared.inner.read().tracking.publishers.iter().collect()
    }

    /// The records of a publisher, of all schemas and in all states, without looking at any other. The
    /// local peer's are those the application wrote, in the order of their keys; others come in no order.
    ///
    /// Read in chunks: records written meanwhile may be met or not.
    pub fn publisher_records(&self, publisher: &PeerId) -> PublisherRecords {
        let own = *publisher == self.peer_id();
        let source =
            if own { Source::Own(self.raw_own_records(b"")) } else { Source::Of(*publisher, None) };
        PublisherRecords { store: self.clone(), source, chunk: Vec::new().into_iter() }
    }

    /// The next keys of a publisher's records behind a slot, and the slot to go on behind.
    fn publisher_keys(
        &self,
        publisher: &PeerId,
        after: Option<u32>,
    ) -> (Vec<RecordKey>, Option<u32>) {
        let inner = self.shared.inner.read();
        let tracking = &inner.tracking;
        let Some(id) = tracking.publishers.find(publisher) else { return (Vec::new(), None) };
        let slots: Vec<_> = tracking.publishers.slots(id, after).take(CHUNK).collect();
        let keys = slots.iter().map(|&slot| tracking.key(slot).clone()).collect();
        (keys, slots.last().copied().filter(|_| slots.len() == CHUNK))
    }
}

/// The records of one publisher; see [`NetabaseStore::publisher_records`].
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct PublisherRecords {
    store: NetabaseStore,
    source: Source,
    chunk: vec::IntoIter<RecordKey>,
}

#[derive(Debug)]
enum Source {
    Own(RawRecords),
    /// Behind a slot.
    Of(PeerId, Option<u32>),
    Ended,
}

impl Iterator for PublisherRecords {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        loop {
            if let Source::Own(own) = &mut self.source {
                return own.next();
            }
            if let Some(key) = self.chunk.next() {
                // It may have gone meanwhile.
                match self.store.raw_record(&key, View::Everything) {
                    Some(record) => return Some(record),
                    None => continue,
                }
            }
            let Source::Of(publisher, after) = &self.source else { return None };
            let (keys, next) = self.store.publisher_keys(publisher, *after);
            self.source = match next {
                Some(slot) => Source::Of(*publisher, Some(slot)),
                None => Source::Ended,
            };
            self.chunk = keys.into_iter();
            if self.chunk.len() == 0 {
                return None;
            }
        }
    }
}

impl FusedIterator for PublisherRecords {}
