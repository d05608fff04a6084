//! Computes which keys a peer is to hold, from the places of the peers that are there, without a look at each key.

use crate::network::{
    place::{KeyHash, head, shared_bits},
    settings::REPLICATION,
};

/// The leading bits of a key that decide: no two peers share as many.
const BITS: usize = 64;

/// The most ranges that keys are looked for in. Beyond that they are wider than need be, and keys are checked one by
/// one.
const MAX_RANGES: usize = 1024;

/// How many of some peers share how many leading bits with one place: whoever is nearer to a key than that place shares
/// with it, and not with the place, some bit that is the first in which both places differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Neighbours {
    place: u64,
    counts: [u32; BITS],
}

impl Neighbours {
    pub(super) fn new(place: &KeyHash, others: impl Iterator<Item = KeyHash>) -> Self {
        let mut counts = [0; BITS];
        for other in others {
            let shared = shared_bits(place, &other) as usize;
            if let Some(count) = counts.get_mut(shared) {
                *count += 1;
            }
        }
        Self { place: head(place), counts }
    }

    /// Returns how many of the peers are nearer to a key than the place is.
    pub(super) fn nearer(&self, key: u64) -> usize {
        let mut differing = key ^ self.place;
        let mut nearer = 0;
        while differing != 0 {
            let bit = differing.leading_zeros();
            nearer += self.counts[bit as usize] as usize;
            differing &= !(1 << (63 - bit));
        }
        nearer
    }

    /// Returns how many peers are nearer to all keys that begin with some bits, and how many may be nearer to some.
    fn bounds(&self, prefix: u64, bits: u32) -> (usize, usize) {
        let kept = if bits == 0 { 0 } else { u64::MAX << (64 - bits) };
        let least = self.nearer((prefix & kept) | (self.place & !kept));
        let open: u32 = self.counts[bits as usize..].iter().sum();
        (least, least + open as usize)
    }
}

/// Ranges of keys, by their first 64 bits, both ends included; in order.
pub(super) type Ranges = Vec<(u64, u64)>;

/// Returns the ranges that hold all keys which a newcomer is to hold and for which fewer than `ranks` others are nearer
/// than the local peer.
pub(super) fn ranges(newcomer: &Neighbours, local: &Neighbours, ranks: usize) -> Ranges {
    let mut found = Ranges::new();
    let mut left = vec![(0_u64, 0_u32)];
    let mut visited = 0;
    while let Some((prefix, bits)) = left.pop() {
        visited += 1;
        let (least, most) = newcomer.bounds(prefix, bits);
        let (nearer, nearer_at_most) = local.bounds(prefix, bits);
        if least >= REPLICATION || nearer >= ranks {
            continue;
        }
        let is_decided = most < REPLICATION && nearer_at_most < ranks;
        if is_decided || visited > MAX_RANGES || bits as usize >= BITS - 1 {
            let rest = if bits == 0 { u64::MAX } else { u64::MAX >> bits };
            match found.last_mut() {
                Some((_, end)) if end.checked_add(1) == Some(prefix) => *end = prefix | rest,
                _ => found.push((prefix, prefix | rest)),
            }
            continue;
        }
        // The lower half comes out first.
        left.push((prefix | 1 << (63 - bits), bits + 1));
        left.push((prefix, bits + 1));
    }
    found
}

#[cfg(test)]
mod tests {
    use libp2p::{PeerId, kad::RecordKey};

    use super::*;
    use crate::network::place::{distance, hash_of, place_of};

    fn places(count: usize) -> Vec<KeyHash> {
        (0..count).map(|_| place_of(&PeerId::random())).collect()
    }

    #[test]
    fn keys_are_in_the_ranges_of_a_newcomer_exactly_if_it_is_to_hold_them() {
        for count in [0, 1, 10, 19, 20, 21, 40, 100, 300] {
            let others = places(count);
            let [newcomer, local] = [(); 2].map(|()| place_of(&PeerId::random()));
            let of_newcomer = Neighbours::new(&newcomer, others.iter().copied());
            let of_local = Neighbours::new(&local, others.iter().copied());
            let found = ranges(&of_newcomer, &of_local, 3);
            assert!(found.is_sorted() && found.len() <= MAX_RANGES, "{count}: {}", found.len());

            for number in 0..500_u32 {
                let hash = hash_of(&RecordKey::new(&number.to_be_bytes()));
                let nearer_than = |place: &KeyHash| {
                    let own = distance(&hash, place);
                    others.iter().filter(|other| distance(&hash, other) < own).count()
                };
                let key = head(&hash);
                let is_its = nearer_than(&newcomer) < REPLICATION && nearer_than(&local) < 3;
                assert_eq!(of_newcomer.nearer(key), nearer_than(&newcomer));
                assert_eq!(of_local.nearer(key), nearer_than(&local));
                let is_found = found.iter().any(|(from, to)| (*from..=*to).contains(&key));
                assert_eq!(is_found, is_its, "{count} peers, key {number}");
            }
        }
    }
}
