//! Decides which own record is offered next, and to whom, if that is known without a walk.

use std::{sync::Arc, time::Instant};

use libp2p::{PeerId, kad::Record};

use super::backoff::Backoff;
use crate::{
    network::offers::{Offers, Place, place_of},
    store::NetabaseStore,
};

/// Offers that are under way at a time.
const PARALLELISM: usize = 8;

/// Goes round the own records that peers are to be sent, in the order of their places, so that neighbours come
/// one after the other.
pub(in crate::network) struct Offering {
    offers: Arc<Offers>,
    cursor: Option<Place>,
    running: usize,
    backoff: Backoff,
    nearby: Option<Nearby>,
}

/// Where a walk led, and for which other keys it would have led there, too.
struct Nearby {
    place: Place,
    /// Keys that share more leading bits than this with the place have the same peers around them.
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

    /// Somebody has come who may take what reached nobody.
    pub(in crate::network) fn somebody_came(&mut self) {
        self.backoff.shorten();
    }

    /// Who is close has changed.
    pub(in crate::network) fn forget_nearby(&mut self) {
        self.nearby = None;
    }

    /// Returns how many wait for their turn, or until their pauses are over.
    pub(in crate::network) fn waiting(&self) -> usize {
        self.offers.len() + self.backoff.len()
    }

    /// Whether there is nothing to offer now.
    pub(in crate::network) fn is_idle(&self, store: &NetabaseStore) -> bool {
        self.offers.len() == 0
            && (self.backoff.len() == 0 || !self.backoff.is_due(store.monotonic()))
    }

    /// The next record to be offered, and to whom, if that is known without a walk.
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
                self.backoff.forget(&place_of(&key));
            }
        }
        loop {
            let Some((place, record)) = self.offers.take(store, self.cursor.as_ref()) else {
                // At the end the next round begins: some may have come in behind the cursor.
                self.cursor.take()?;
                continue;
            };
            self.cursor = Some(place);
            self.backoff.starts(&place);
            if let Some(record) = record {
                self.running += 1;
                return Some((record, self.nearby_of(&place)));
            }
            self.backoff.forget(&place);
        }
    }

    fn nearby_of(&self, place: &Place) -> Option<Vec<PeerId>> {
        let nearby = self.nearby.as_ref()?;
        let is_near = shared_bits(&nearby.place, place) > nearby.shared_bits;
        is_near.then(|| nearby.closest.clone())
    }

    /// A walk for a record has led to these peers, the closest first.
    pub(in crate::network) fn walked(&mut self, record: &Record, closest: Vec<PeerId>) {
        let place = place_of(&record.key);
        let bits = |peer: &PeerId| {
            let peer = libp2p::kad::KBucketKey::from(*peer);
            shared_bits(&place, &place_bytes(peer.hashed_bytes()))
        };
        let shared_bits = closest.iter().map(bits).min();
        self.nearby = shared_bits.map(|shared_bits| Nearby { place, shared_bits, closest });
    }

    /// An offer has ended; it reached so many peers.
    pub(in crate::network) fn ended(&mut self, record: &Record, peers: usize, now: Instant) {
        self.running -= 1;
        if peers == 0 {
            // Perhaps they were not the right ones for it: the next attempt looks for itself.
            self.nearby = None;
            self.backoff.add(place_of(&record.key), record.key.clone(), now);
        } else {
            self.settled(record);
        }
    }

    /// Peers have it: it need not be offered again.
    pub(in crate::network) fn settled(&mut self, record: &Record) {
        self.backoff.forget(&place_of(&record.key));
    }
}

fn place_bytes(hashed: &[u8]) -> Place {
    hashed.try_into().expect("SHA-256 has 32 bytes")
}

fn shared_bits(a: &Place, b: &Place) -> u32 {
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
    fn places_share_their_leading_bits() {
        let (mut a, b) = ([0; 32], [0; 32]);
        assert_eq!(shared_bits(&a, &b), 256);
        a[1] = 0b0001_0000;
        assert_eq!(shared_bits(&a, &b), 11);
        a[0] = 0x80;
        assert_eq!(shared_bits(&a, &b), 0);
    }
}
