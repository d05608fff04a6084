//! Remembers where a walk has led, and for which other keys it would have led there, too.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use libp2p::PeerId;

use crate::network::place::{KeyHash, distance, place_of, shared_bits};
use crate::network::settings::REPLICATION;

/// The time for which it is good: a peer that has come unseen is found by the next walk.
const LIFETIME: Duration = Duration::from_secs(30);

/// The leading bits that a key shares with that of a walk beyond those that the farthest peer found does. Of the peers
/// that are as far, some other ones are the nearest to another key: with so many bits more, few.
const MARGIN: u32 = 3;

/// The peers that a walk led to.
pub(super) struct Nearby {
    hash: KeyHash,
    /// Keys that share more leading bits than this with the hash have the same peers around them. `None`: all keys do.
    shared_bits: Option<u32>,
    closest: Vec<(PeerId, KeyHash)>,
    until: Instant,
}

impl Nearby {
    /// Notes that a walk to a key has led to these peers, the closest first. `is_whole` says that all of the peers it
    /// has met have answered: where it has found fewer than hold a record, there are no others.
    pub(super) fn new(
        hash: KeyHash,
        closest: &[PeerId],
        is_whole: bool,
        now: Instant,
    ) -> Option<Self> {
        let is_all = is_whole && closest.len() < REPLICATION;
        let closest: Vec<_> = closest.iter().map(|peer| (*peer, place_of(peer))).collect();
        let farthest = closest.iter().map(|(_, place)| shared_bits(&hash, place)).min()?;
        let shared_bits = (!is_all).then_some(farthest + MARGIN);
        Some(Self { hash, shared_bits, closest, until: now + LIFETIME })
    }

    pub(super) fn peers(&self) -> impl Iterator<Item = &PeerId> {
        self.closest.iter().map(|(peer, _)| peer)
    }

    /// Returns the peers closest to a key, if a walk to it would lead to these, or to others that are known.
    pub(super) fn of(
        &self,
        hash: &KeyHash,
        known: &HashMap<PeerId, KeyHash>,
        now: Instant,
    ) -> Option<Vec<PeerId>> {
        let is_near = self.shared_bits.is_none_or(|bits| shared_bits(&self.hash, hash) > bits);
        if !is_near || now >= self.until {
            return None;
        }
        let found = self.closest.iter().filter(|(peer, _)| !known.contains_key(peer));
        let known = known.iter().map(|(peer, place)| (*peer, *place));
        let mut peers: Vec<(KeyHash, PeerId)> = found
            .copied()
            .chain(known)
            .map(|(peer, place)| (distance(hash, &place), peer))
            .collect();
        if peers.len() > REPLICATION {
            peers.select_nth_unstable(REPLICATION);
            peers.truncate(REPLICATION);
        }
        Some(peers.into_iter().map(|(_, peer)| peer).collect())
    }
}

/// Returns those of some peers that belong to the closest to a key, beside others that do.
pub(super) fn among_closest(
    hash: &KeyHash,
    others: &[PeerId],
    peers: impl Iterator<Item = (PeerId, KeyHash)>,
) -> Vec<PeerId> {
    let mut distances: Vec<KeyHash> = Vec::new();
    let mut found = Vec::new();
    for (peer, place) in peers {
        if others.contains(&peer) {
            continue;
        }
        if distances.is_empty() {
            distances = others.iter().map(|other| distance(hash, &place_of(other))).collect();
        }
        let own = distance(hash, &place);
        if distances.iter().filter(|other| **other < own).count() < REPLICATION {
            found.push(peer);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_peers_that_have_all_answered_are_around_every_key() {
        let (now, peers) = (Instant::now(), vec![PeerId::random(), PeerId::random()]);
        let [near, far] = [[0; 32], [0xff; 32]];
        let none = HashMap::new();
        let whole = Nearby::new(near, &peers, true, now).expect("there are peers");
        assert_eq!(whole.of(&far, &none, now), Some(peers.clone()));
        assert_eq!(whole.of(&far, &none, now + LIFETIME), None);

        let in_part = Nearby::new(near, &peers, false, now).expect("there are peers");
        assert_eq!(in_part.of(&near, &none, now), Some(peers.clone()));
        assert_eq!(in_part.of(&far, &none, now), None);
        assert!(Nearby::new(near, &[], true, now).is_none());
    }

    #[test]
    fn of_peers_that_are_known_besides_the_closest_to_each_key_are_chosen() {
        let (now, hash) = (Instant::now(), [0; 32]);
        let known: HashMap<PeerId, KeyHash> =
            (0..40).map(|_| PeerId::random()).map(|peer| (peer, place_of(&peer))).collect();
        let mut closest: Vec<PeerId> = known.keys().copied().collect();
        closest.sort_by_key(|peer| distance(&hash, &known[peer]));
        let found: Vec<PeerId> = closest[5..25].to_vec();
        let nearby = Nearby::new(hash, &found, true, now).expect("there are peers");

        let mut chosen = nearby.of(&hash, &known, now).expect("it is the same key");
        chosen.sort_by_key(|peer| distance(&hash, &known[peer]));
        assert_eq!(chosen, closest[..REPLICATION]);
    }

    #[test]
    fn a_peer_is_among_the_closest_unless_enough_are_nearer() {
        let hash = [0; 32];
        let mut peers: Vec<PeerId> = (0..40).map(|_| PeerId::random()).collect();
        peers.sort_by_key(|peer| distance(&hash, &place_of(peer)));
        let with_place = |peer: &PeerId| (*peer, place_of(peer));

        let found = among_closest(&hash, &peers[..20], peers.iter().map(with_place));
        assert!(found.is_empty(), "twenty are nearer");
        let found = among_closest(&hash, &peers[1..21], peers.iter().map(with_place));
        assert_eq!(found, peers[..1]);
    }
}
