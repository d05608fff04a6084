use std::time::{Duration, Instant};

use libp2p::{PeerId, kad::Record};

use crate::store::{NetabaseStore, Place, place_of};

/// Offers that are under way at a time.
const PARALLELISM: usize = 8;

/// How long after a round in which some reached nobody the next one begins.
const PAUSE: Duration = Duration::from_secs(15);

/// How far that is spread, so that nodes which lost the same peers do not all come back at once.
const JITTER: Duration = Duration::from_secs(15);

/// Goes round the own records that peers are to be sent, in the order of their places, so that neighbours come
/// one after the other.
#[derive(Default)]
pub(in crate::network) struct Offering {
    cursor: Option<Place>,
    running: usize,
    has_failed: bool,
    paused_until: Option<Instant>,
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
    /// There is something new, or somebody new.
    pub(in crate::network) fn wake(&mut self) {
        self.paused_until = None;
    }

    /// Who is close has changed.
    pub(in crate::network) fn forget_nearby(&mut self) {
        self.nearby = None;
    }

    /// Whether there is nothing to offer, and no round to end.
    pub(in crate::network) fn is_idle(&self, store: &NetabaseStore) -> bool {
        self.cursor.is_none() && !self.has_failed && store.offers_waiting() == 0
    }

    /// The next record to be offered, and to whom, if that is known without a walk.
    pub(in crate::network) fn next(
        &mut self,
        store: &NetabaseStore,
        now: Instant,
    ) -> Option<(Record, Option<Vec<PeerId>>)> {
        if self.running >= PARALLELISM || self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        self.paused_until = None;
        loop {
            let Some((place, record)) = store.take_offer(self.cursor.as_ref()) else {
                self.end_round(store, now);
                return None;
            };
            self.cursor = Some(place);
            if let Some(record) = record {
                self.running += 1;
                return Some((record, self.nearby_of(&place)));
            }
        }
    }

    /// At the end the next round begins: later, if it would meet what has just failed.
    fn end_round(&mut self, store: &NetabaseStore, now: Instant) {
        let was_inside = self.cursor.take().is_some();
        if std::mem::take(&mut self.has_failed) {
            let share = f64::from(u32::from(store.peer_id().to_bytes()[37])) / 256.0;
            self.paused_until = Some(now + PAUSE + JITTER.mul_f64(share));
        } else if was_inside && store.offers_waiting() > 0 {
            // Some came in behind the cursor.
            self.paused_until = Some(now);
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
    pub(in crate::network) fn ended(
        &mut self,
        store: &NetabaseStore,
        record: &Record,
        peers: usize,
    ) {
        self.running -= 1;
        if peers == 0 {
            self.has_failed = true;
            // Perhaps they were not the right ones for it: the next attempt looks for itself.
            self.nearby = None;
            store.offer_again(&record.key);
        }
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
