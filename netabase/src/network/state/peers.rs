//! Remembers which peers are connected, and what connections have shown of those that are known.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    hash::{BuildHasher, RandomState},
    time::Instant,
};

use libp2p::PeerId;

use super::contact::Contact;

/// The peers of a node. Which of them are in the routing table is kad's to know.
#[derive(Default)]
pub(super) struct Peers {
    connected: HashSet<PeerId>,
    identified: HashMap<PeerId, PeerState>,
    /// Hashes a peer's agent version, which holds the nonce of its start.
    hasher: RandomState,
}

/// The state of a peer that has identified itself as one of the network.
struct PeerState {
    /// `true` if it was ever met from afar.
    is_far: bool,
    /// A hash of the nonce of its start: a peer that was started again may have forgotten what it held.
    start: u64,
    contact: Contact,
}

impl Peers {
    /// Notes the first connection with a peer. Returns whether the node was without any before.
    pub(super) fn connected(&mut self, peer: PeerId, now: Instant) -> bool {
        self.connected.insert(peer);
        self.note_contact(&peer, now);
        self.connected.len() == 1
    }

    /// Notes the end of the last connection with a peer.
    pub(super) fn disconnected(&mut self, peer: &PeerId, now: Instant) {
        self.connected.remove(peer);
        self.note_contact(peer, now);
    }

    fn note_contact(&mut self, peer: &PeerId, now: Instant) {
        if let Some(state) = self.identified.get_mut(peer) {
            state.contact = Contact::new(now);
        }
    }

    pub(super) fn is_connected(&self, peer: &PeerId) -> bool {
        self.connected.contains(peer)
    }

    /// Returns whether no peer is connected.
    pub(super) fn is_empty(&self) -> bool {
        self.connected.is_empty()
    }

    /// Returns whether a peer is connected, or was a short time ago.
    pub(super) fn is_present(&self, peer: &PeerId, now: Instant) -> bool {
        let is_recent = |state: &PeerState| state.contact.is_recent(now);
        self.is_connected(peer) || self.identified.get(peer).is_some_and(is_recent)
    }

    /// Notes that a peer has identified itself as one of the network. Returns whether it was known before and has
    /// been started again since.
    pub(super) fn identified(
        &mut self,
        peer: PeerId,
        is_far: bool,
        agent_version: &str,
        now: Instant,
    ) -> bool {
        let (start, contact) = (self.hasher.hash_one(agent_version), Contact::new(now));
        match self.identified.entry(peer) {
            Entry::Vacant(entry) => {
                entry.insert(PeerState { is_far, start, contact });
                false
            }
            Entry::Occupied(mut entry) => {
                let before = entry.insert(PeerState { is_far, start, contact });
                entry.get_mut().is_far |= before.is_far;
                before.start != start
            }
        }
    }

    /// Notes that a peer was at none of its addresses. Returns whether it is to be forgotten.
    pub(super) fn failed(&mut self, peer: &PeerId, now: Instant) -> bool {
        self.identified.get_mut(peer).is_some_and(|state| state.contact.failed(now))
    }

    /// Forgets what is known of a peer. Its connections stay.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.identified.remove(peer);
    }

    /// Forgets what is known of peers that are not in the routing table.
    pub(super) fn retain(&mut self, mut is_known: impl FnMut(&PeerId) -> bool) {
        self.identified.retain(|peer, _| is_known(peer));
    }

    /// Returns whether no known peer was ever met from afar.
    pub(super) fn are_near(&self) -> bool {
        !self.identified.values().any(|state| state.is_far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_present_while_connected_and_for_a_while_after() {
        let (mut peers, peer, now) = (Peers::default(), PeerId::random(), Instant::now());
        assert!(!peers.is_present(&peer, now));
        assert!(peers.connected(peer, now), "it is the first");
        assert!(peers.is_present(&peer, now));
        peers.identified(peer, false, "one", now);

        peers.disconnected(&peer, now);

        assert!(peers.is_present(&peer, now), "it was connected just now");
        assert!(peers.is_empty());
        peers.failed(&peer, now);
        assert!(!peers.is_present(&peer, now), "it was missed since");
    }

    #[test]
    fn a_peer_that_was_met_from_afar_once_stays_far_until_it_is_forgotten() {
        let (mut peers, peer, now) = (Peers::default(), PeerId::random(), Instant::now());
        peers.identified(peer, true, "one", now);
        peers.identified(peer, false, "one", now);
        assert!(!peers.are_near());

        peers.retain(|_| false);

        assert!(peers.are_near());
    }

    #[test]
    fn a_known_peer_with_another_agent_version_was_started_again() {
        let (mut peers, peer, now) = (Peers::default(), PeerId::random(), Instant::now());

        assert!(!peers.identified(peer, false, "one", now), "it is new");
        assert!(!peers.identified(peer, false, "one", now));
        assert!(peers.identified(peer, false, "two", now));
    }
}
