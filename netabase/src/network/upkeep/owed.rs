//! Remembers which own records each peer lacks that is to hold them, until it can be sent them.

use std::{collections::BTreeMap, ops::Bound};

use libp2p::{PeerId, kad::RecordKey};

use crate::network::place::KeyHash;

/// The most records that one peer is owed: some 100 bytes each.
const MAX_OF_A_PEER: usize = 1 << 16;

/// The most records that all peers together are owed: some 26 MB.
const MAX_IN_ALL: usize = 1 << 18;

/// Own records by the peers that lack them.
#[derive(Default)]
pub(super) struct Owed {
    peers: BTreeMap<PeerId, Debt>,
    len: usize,
    /// The peer that was served last.
    cursor: Option<PeerId>,
}

#[derive(Default)]
struct Debt {
    /// Records for which callers wait: these come first.
    urgent: Keys,
    others: Keys,
    /// How many peers had come when the first of these was to be sent.
    arrivals: u64,
}

type Keys = BTreeMap<KeyHash, RecordKey>;

impl Debt {
    fn len(&self) -> usize {
        self.urgent.len() + self.others.len()
    }

    fn contains(&self, hash: &KeyHash) -> bool {
        self.urgent.contains_key(hash) || self.others.contains_key(hash)
    }

    fn remove(&mut self, hash: &KeyHash) -> Option<RecordKey> {
        self.urgent.remove(hash).or_else(|| self.others.remove(hash))
    }

    fn pop(&mut self) -> Option<(KeyHash, RecordKey)> {
        self.urgent.pop_first().or_else(|| self.others.pop_first())
    }
}

impl Owed {
    /// Returns how many records peers are owed, each counted once for each of them.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there is room for no more.
    pub(super) fn is_full(&self) -> bool {
        self.len >= MAX_IN_ALL
    }

    /// Returns the peers that are owed something.
    pub(super) fn peers(&self) -> impl Iterator<Item = &PeerId> {
        self.peers.keys()
    }

    pub(super) fn contains(&self, peer: &PeerId, hash: &KeyHash) -> bool {
        self.peers.get(peer).is_some_and(|debt| debt.contains(hash))
    }

    /// Notes that a peer lacks a record whose peers were chosen when so many had come. False if there is no room for
    /// more.
    pub(super) fn add(
        &mut self,
        peer: PeerId,
        (hash, key): (KeyHash, &RecordKey),
        is_urgent: bool,
        arrivals: u64,
    ) -> bool {
        let debt = self.peers.entry(peer).or_default();
        debt.arrivals = if debt.len() == 0 { arrivals } else { debt.arrivals.min(arrivals) };
        let was_owed = debt.contains(&hash);
        if !was_owed && (self.len >= MAX_IN_ALL || debt.len() >= MAX_OF_A_PEER) {
            return false;
        }
        if is_urgent {
            debt.others.remove(&hash);
            debt.urgent.insert(hash, key.clone());
        } else if !debt.urgent.contains_key(&hash) {
            debt.others.insert(hash, key.clone());
        }
        self.len += usize::from(!was_owed);
        true
    }

    /// Takes the next record for a peer that may be sent one, peers in turn, the other such peers that lack it, and how
    /// many had come when they were chosen, or fewer.
    pub(super) fn next(
        &mut self,
        is_open: impl Fn(&PeerId) -> bool,
    ) -> Option<(KeyHash, RecordKey, Vec<PeerId>, u64)> {
        let behind = self.cursor.map_or(Bound::Unbounded, Bound::Excluded);
        let after = self.peers.range((behind, Bound::Unbounded)).map(|(peer, _)| *peer);
        let first = after.chain(self.peers.keys().copied()).find(&is_open)?;
        self.cursor = Some(first);
        let debt = self.peers.get_mut(&first)?;
        let (arrivals, (hash, key)) = (debt.arrivals, debt.pop()?);
        let mut peers = vec![first];
        let others = self.peers.iter_mut().filter(|(peer, _)| is_open(peer));
        peers.extend(others.filter_map(|(peer, debt)| debt.remove(&hash).map(|_| *peer)));
        self.len -= peers.len();
        self.peers.retain(|_, debt| debt.len() > 0);
        Some((hash, key, peers, arrivals))
    }

    /// Notes that a peer has a record.
    pub(super) fn settle(&mut self, peer: &PeerId, hash: &KeyHash) {
        let Some(debt) = self.peers.get_mut(peer) else { return };
        self.len -= usize::from(debt.remove(hash).is_some());
        if debt.len() == 0 {
            self.peers.remove(peer);
        }
    }

    /// Forgets what a peer is owed, and returns that.
    pub(super) fn forget(&mut self, peer: &PeerId) -> impl Iterator<Item = (KeyHash, RecordKey)> {
        let Debt { urgent, others, .. } = self.peers.remove(peer).unwrap_or_default();
        self.len -= urgent.len() + others.len();
        urgent.into_iter().chain(others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> (KeyHash, RecordKey) {
        ([number; 32], RecordKey::new(&[number]))
    }

    #[test]
    fn peers_are_served_in_turn_and_those_that_lack_the_same_together() {
        let mut owed = Owed::default();
        let [one, two] = [PeerId::random(), PeerId::random()];
        let [(a, of_a), (b, of_b)] = [1, 2].map(key);
        assert!(owed.add(one, (a, &of_a), false, 1) && owed.add(two, (a, &of_a), false, 2));
        assert!(owed.add(one, (b, &of_b), false, 3) && owed.add(one, (b, &of_b), false, 3));
        assert_eq!(owed.len(), 3);

        let (hash, _, mut peers, _) = owed.next(|_| true).expect("both lack it");
        peers.sort();
        let mut both = vec![one, two];
        both.sort();
        assert_eq!((hash, peers), (a, both));
        assert!(owed.next(|peer| *peer == two).is_none());
        assert_eq!(owed.next(|_| true), Some((b, of_b, vec![one], 1)));
        assert_eq!((owed.len(), owed.peers().count()), (0, 0));
    }

    #[test]
    fn what_a_caller_waits_for_comes_first() {
        let mut owed = Owed::default();
        let peer = PeerId::random();
        let [(a, of_a), (b, of_b)] = [1, 2].map(key);
        owed.add(peer, (a, &of_a), false, 0);
        owed.add(peer, (b, &of_b), true, 0);

        assert_eq!(owed.next(|_| true), Some((b, of_b, vec![peer], 0)));
        owed.settle(&peer, &a);
        assert_eq!(owed.len(), 0);
    }

    #[test]
    fn a_peer_is_owed_no_more_than_there_is_room_for() {
        let (mut owed, peer) = (Owed::default(), PeerId::random());
        let hash = |number: usize| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&(number as u64).to_be_bytes());
            hash
        };
        let (_, key) = key(1);
        assert!((0..MAX_OF_A_PEER).all(|number| owed.add(peer, (hash(number), &key), false, 0)));
        assert!(!owed.add(peer, (hash(MAX_OF_A_PEER), &key), false, 0));
        assert!(owed.add(peer, (hash(7), &key), true, 0), "it is owed that already");
        assert_eq!(owed.forget(&peer).count(), MAX_OF_A_PEER);
        assert_eq!(owed.len(), 0);
    }
}
