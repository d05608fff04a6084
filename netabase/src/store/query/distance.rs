//! Records by their XOR distance from a key or a peer.

use std::{cmp::Ordering, collections::BinaryHeap};

use libp2p::{
    PeerId,
    kad::{KBucketDistance, KBucketKey, RecordKey},
};

use super::{View, raw::RawRecord};
use crate::store::NetabaseStore;

/// A record and how far it is from what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDistance {
    /// The record.
    pub record: RawRecord,
    /// Its XOR distance, by kad's own arithmetic: both keys are hashed with SHA-256.
    pub distance: KBucketDistance,
}

impl NetabaseStore {
    /// Returns how far a record is from the local peer: the XOR distance by which Kademlia decides who holds it.
    ///
    /// One SHA-256 of the key.
    #[must_use]
    pub fn distance(&self, key: &RecordKey) -> KBucketDistance {
        self.shared.author.distance(key)
    }

    /// Returns the `count` records that are closest to a key, the closest first: of all schemas, tombstones and private
    /// ones included.
    ///
    /// Hashes are not kept, so this hashes the key of every record, some hundred nanoseconds each; the
    /// lock is held for a page of keys at a time. Memory: `count` keys and their records.
    #[must_use]
    pub fn closest_to_key(&self, key: &RecordKey, count: usize) -> Vec<RecordDistance> {
        self.closest(&KBucketKey::new(key.to_vec()), count, View::Everything)
    }

    /// Returns the `count` records that are closest to a peer, the closest first, of those that peers are served: what a
    /// peer that joins there should hold. It costs what [`closest_to_key`](Self::closest_to_key) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # #[netabase(access = "open")]
    /// # struct User { #[netabase(key)] id: u64 }
    /// let store = NetabaseStore::new();
    /// let users = store.database::<User>()?;
    /// users.load((0..100).map(|id| User { id }))?;
    /// assert!(store.closest_to_peer(&store.peer_id(), 3).is_empty(), "they are private");
    ///
    /// assert_eq!(users.sync_to_network().count(), 100);
    /// let nearest = store.closest_to_peer(&store.peer_id(), 3);
    /// assert_eq!(nearest.len(), 3);
    /// assert!(nearest[0].distance < nearest[2].distance);
    /// assert_eq!(nearest[0].distance, store.distance(&nearest[0].record.record.key));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn closest_to_peer(&self, peer: &PeerId, count: usize) -> Vec<RecordDistance> {
        self.closest(&KBucketKey::from(*peer), count, View::Served)
    }

    fn closest<T>(&self, target: &KBucketKey<T>, count: usize, view: View) -> Vec<RecordDistance> {
        // The farthest of the closest is on top.
        let mut closest: BinaryHeap<Candidate> = BinaryHeap::new();
        let mut keys = self.raw_keys(view);
        while let Some(key) = keys.next_key() {
            let distance = target.distance(&KBucketKey::new(key));
            if closest.len() < count {
                closest.push(Candidate { distance, key: key.to_vec() });
            } else if let Some(mut farthest) = closest.peek_mut()
                && distance < farthest.distance
            {
                *farthest = Candidate { distance, key: key.to_vec() };
            }
        }
        let closest = closest.into_sorted_vec().into_iter();
        let with_record = |Candidate { distance, key }| {
            let record = self.raw_record(&RecordKey::from(key), view)?;
            Some(RecordDistance { record, distance })
        };
        closest.filter_map(with_record).collect()
    }
}

struct Candidate {
    distance: KBucketDistance,
    key: Vec<u8>,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance.cmp(&other.distance)
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}
