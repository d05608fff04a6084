//! Records by their publisher, and what publishers and sources take.

use std::{iter::FusedIterator, vec};

use libp2p::PeerId;

use super::{
    View,
    raw::{RawRecord, RawRecords},
};
use crate::store::{NetabaseStore, kad::as_record, source::Source, usage::Usage};

/// How many records are copied under one lock.
const CHUNK: usize = 256;

/// And how many slots, which are small, and lie together.
const SLOTS_CHUNK: usize = 1 << 14;

impl NetabaseStore {
    /// Returns what the records of a publisher take, in constant time.
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
            return inner.engine.usages().own;
        }
        inner.engine.usage_of_publisher(publisher)
    }

    /// Returns all publishers of foreign records, in no order, and what their records take. At most as many as
    /// there are foreign records; of those that merely claim to be one,
    /// [`Limits::max_claimed_publishers`](crate::Limits::max_claimed_publishers). A copy under the lock: with
    /// a million of them it takes noticeable time.
    #[must_use]
    pub fn publishers(&self) -> Vec<(PeerId, Usage)> {
        self.sweep_all(&self.now());
        self.shared.inner.read().engine.publishers().collect()
    }

    /// Returns where foreign records came from, in no order, and what they take. At most as many as there are
    /// foreign records.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore, Source};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # #[netabase(access = "open")]
    /// # struct Note { #[netabase(key)] title: String }
    /// let store = NetabaseStore::new();
    /// let author = NetabaseStore::new().database::<Note>()?;
    /// store.database::<Note>()?;
    /// let record = author.to_record(&Note { title: "hi".into() })?;
    /// store.put_from(&record, Source::of_ip([192, 0, 2, 7].into()))?;
    /// for (source, usage) in store.sources() {
    ///     assert_eq!(format!("{source}: {}", usage.records), "192.0.2.7: 1");
    /// }
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    #[must_use]
    pub fn sources(&self) -> Vec<(Source, Usage)> {
        self.sweep_all(&self.now());
        self.shared.inner.read().engine.sources().collect()
    }

    /// Returns the records of a publisher, of all schemas and in all states, without looking at any other. The
    /// local peer's are those the application wrote, in the order of their keys; others come in no order.
    ///
    /// Read in chunks: records written meanwhile may be met or not, those that stay are met once. Four bytes a
    /// record are copied first.
    pub fn publisher_records(&self, publisher: &PeerId) -> PublisherRecords {
        self.publisher_records_with_prefix(publisher, b"", View::Everything)
    }

    /// As [`publisher_records`](Self::publisher_records), those that a view shows whose key starts with `prefix`,
    /// which saves work for the local peer's alone.
    pub(crate) fn publisher_records_with_prefix(
        &self,
        publisher: &PeerId,
        prefix: &[u8],
        view: View,
    ) -> PublisherRecords {
        let from = if *publisher == self.peer_id() {
            let own = if view == View::Everything { View::OwnEverything } else { View::Own };
            Stage::Own(self.raw_walk(prefix, own, true))
        } else {
            Stage::Publisher(*publisher)
        };
        let (prefix, chunk) = (prefix.to_vec(), Vec::new().into_iter());
        PublisherRecords { store: self.clone(), from, prefix, view, chunk }
    }

    /// The slots of a publisher's records, in chunks, between which they may change: each that stays is among
    /// them, once.
    fn slots_of_publisher(&self, publisher: &PeerId) -> Vec<u32> {
        let mut slots = Vec::new();
        let mut end = usize::MAX;
        while end > 0 {
            let inner = self.shared.inner.read();
            // From the back: what moves, moves towards the front, and so is not missed but met again.
            let of_publisher = inner.engine.slots_of_publisher(publisher);
            let chunk = end.min(of_publisher.len());
            end = chunk.saturating_sub(SLOTS_CHUNK);
            slots.extend_from_slice(&of_publisher[end..chunk]);
        }
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Those of the records in these slots that are a publisher's still.
    fn records_of_publisher(
        &self,
        publisher: &PeerId,
        slots: &[u32],
        prefix: &[u8],
        view: View,
    ) -> Vec<RawRecord> {
        let now = self.now();
        let inner = self.shared.inner.read();
        let rows = inner.engine.rows_of_publisher(publisher, slots);
        let shown = rows.filter(|row| {
            row.key().starts_with(prefix) && view.shows(*row) && !row.is_expired(&now)
        });
        shown.map(|row| RawRecord { record: as_record(row, &now), state: row.state() }).collect()
    }
}

/// The records of one publisher; see [`NetabaseStore::publisher_records`].
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct PublisherRecords {
    store: NetabaseStore,
    from: Stage,
    prefix: Vec<u8>,
    view: View,
    chunk: vec::IntoIter<RawRecord>,
}

/// Where the next records are found.
#[derive(Debug)]
enum Stage {
    Own(RawRecords),
    /// Whose slots are to be asked for yet.
    Publisher(PeerId),
    Slots(PeerId, vec::IntoIter<u32>),
}

impl Iterator for PublisherRecords {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        loop {
            if let Some(record) = self.chunk.next() {
                return Some(record);
            }
            match &mut self.from {
                Stage::Own(own) => return own.next(),
                Stage::Publisher(publisher) => {
                    let slots = self.store.slots_of_publisher(publisher);
                    self.from = Stage::Slots(*publisher, slots.into_iter());
                }
                Stage::Slots(publisher, slots) => {
                    let next: Vec<u32> = slots.by_ref().take(CHUNK).collect();
                    if next.is_empty() {
                        return None;
                    }
                    let (prefix, view) = (&self.prefix, self.view);
                    let records = self.store.records_of_publisher(publisher, &next, prefix, view);
                    self.chunk = records.into_iter();
                }
            }
        }
    }
}

impl FusedIterator for PublisherRecords {}
