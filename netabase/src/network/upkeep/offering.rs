//! Decides which own record is offered next, and to which peers, if they are known without a walk.

use std::{sync::Arc, time::Instant};

use libp2p::{PeerId, kad::Record};

use super::backoff::Backoff;
use crate::{
    network::offers::{KeyHash, Offers, hash_of},
    store::NetabaseStore,
};

/// The most offers that are under way at a time.
const PARALLELISM: usize = 8;

/// Goes round the own records that peers are to be sent, in the order of their hashes, so that neighbours come
/// one after the other.
pub(in crate::network) struct Offering {
    offers: Arc<Offers>,
    cursor: Option<KeyHash>,
    running: usize,
    backoff: Backoff,
    nearby: Option<Nearby>,
}

/// The peers that a walk led to, and the other keys for which it would have led there, too.
struct Nearby {
    hash: KeyHash,
    /// Keys that share more leading bits than this with the hash have the same peers around them.
    shared_bits: u32,
    closest: Vec<PeerId>,
}

impl Offering {
    pub(in crate::network) fn new(local: PeerId, offers: Arc<Offers>) -> Self {
        let share = f64::from(u32::from(local.to_bytes()[37])) / 256.0;
        Self { offers, cursor: None, running: 0, backoff: Backoff::new(share), nearby: None }
    }

    /// Returns the keys that wait for their turn.
    pub(in crate::network) fn offers(&self) -> &Offers {
        &self.offers
    }

    /// Notes that a peer has come that may take what reached none.
    pub(in crate::network) fn peer_arrived(&mut self) {
        self.backoff.shorten();
    }

    /// Forgets which peers are close: they have changed.
    pub(in crate::network) fn forget_nearby(&mut self) {
        self.nearby = None;
    }

    /// Returns how many wait for their turn, or until their pauses are over.
    pub(in crate::network) fn waiting(&self) -> usize {
        self.offers.len() + self.backoff.len()
    }

    /// Returns whether there is nothing to offer now.
    pub(in crate::network) fn is_idle(&self, store: &NetabaseStore) -> bool {
        self.offers.len() == 0
            && (self.backoff.len() == 0 || !self.backoff.is_due(store.monotonic()))
    }

    /// Takes the next record to be offered, and the peers for it, if they are known without a walk.
    pub(in crate::network) fn next(
        &mut self,
        store: &NetabaseStore,
        now: Instant,
    ) -> Option<(Record, Option<Vec<PeerId>>)> {
        if self.running >= PARALLELISM {
            return None;
        }
        while let Some(key) = self.backoff.next(now) {
            if !self.offers.put_back(store, &key) {
                self.backoff.forget(&hash_of(&key));
            }
        }
        loop {
            let Some((hash, record)) = self.offers.take(store, self.cursor.as_ref()) else {
                // At the end the next round begins: some may have come in behind the cursor.
                self.cursor.take()?;
                continue;
            };
            self.cursor = Some(hash);
            self.backoff.starts(&hash);
            if let Some(record) = record {
                self.running += 1;
                return Some((record, self.nearby_of(&hash)));
            }
            self.backoff.forget(&hash);
        }
    }

    fn nearby_of(&self, hash: &KeyHash) -> Option<Vec<PeerId>> {
        let nearby = self.nearby.as_ref()?;
        let is_near = shared_bits(&nearby.hash, hash) > nearby.shared_bits;
        is_near.then(|| nearby.closest.clone())
    }

    /// Notes the peers that a walk for a record has led to, the closest first.
    pub(in crate::network) fn walked(&mut self, record: &Record, closest: Vec<PeerId>) {
        let hash = hash_of(&record.key);
        let bits = |peer: &PeerId| {
            let peer = libp2p::kad::KBucketKey::from(*peer);
            shared_bits(&hash, &to_hash(peer.hashed_bytes()))
        };
        let shared_bits = closest.iter().map(bits).min();
        self.nearby = shared_bits.map(|shared_bits| Nearby { hash, shared_bits, closest });
    }

    /// Notes the end of an offer that reached so many peers.
    pub(in crate::network) fn ended(&mut self, record: &Record, peers: usize, now: Instant) {
        self.running -= 1;
        if peers == 0 {
            // Perhaps they were not the right ones for it: the next attempt looks for itself.
            self.nearby = None;
            self.backoff.add(hash_of(&record.key), record.key.clone(), now);
        } else {
            self.settled(record);
        }
    }

    /// Notes that peers have a record: it need not be offered again.
    pub(in crate::network) fn settled(&mut self, record: &Record) {
        self.backoff.forget(&hash_of(&record.key));
    }
}

fn to_hash(hashed: &[u8]) -> KeyHash {
    hashed.try_into().expect("SHA-256 has 32 bytes")
}

fn shared_bits(a: &KeyHash, b: &KeyHash) -> u32 {
    let mut bits = 0;
    for (a, b) in a.iter().zip(b) {
        let same = (a ^ b).leading_zeros();
        bits += same;
        if same < 8 {
            break;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_share_their_leading_bits() {
        let (mut a, b) = ([0; 32], [0; 32]);
        assert_eq!(shared_bits(&a, &b), 256);
        a[1] = 0b0001_0000;
        assert_eq!(shared_bits(&a, &b), 11);
        a[0] = 0x80;
        assert_eq!(shared_bits(&a, &b), 0);
    }
}
