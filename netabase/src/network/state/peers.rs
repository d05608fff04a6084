//! Remembers which peers are connected, and what connections have shown of those that are known.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    hash::{BuildHasher, RandomState},
    time::{Duration, Instant},
};

use libp2p::{PeerId, swarm::ConnectionId};

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
    /// The connection over which it was told.
    connection: ConnectionId,
    /// The time since which it may have missed something, by the machine's clock.
    absent_since: Option<Instant>,
    /// The time when it last did not answer.
    missed: Option<Instant>,
}

/// The time after it was missed for which a peer may not have all that it is to hold.
const DOUBT: Duration = Duration::from_secs(10 * 60);

/// The longest time that a peer may have been away before that is noticed: from one ping to the next, and until its
/// answer is given up.
const UNNOTICED: Duration = Duration::from_secs(60);

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

    /// Notes that a peer has identified itself over a connection as one of the network. Returns whether it was known
    /// before and has been started again since: no start is without a new connection.
    pub(super) fn identified(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        is_far: bool,
        agent_version: &str,
        now: Instant,
    ) -> bool {
        let (start, contact) = (self.hasher.hash_one(agent_version), Contact::new(now));
        match self.identified.entry(peer) {
            Entry::Vacant(entry) => {
                entry.insert(PeerState {
                    is_far,
                    start,
                    contact,
                    connection,
                    absent_since: None,
                    missed: None,
                });
                false
            }
            Entry::Occupied(mut entry) => {
                let state = entry.get_mut();
                state.is_far |= is_far;
                state.contact = contact;
                let is_new = state.start != start && state.connection != connection;
                if is_new {
                    state.start = start;
                }
                state.connection = connection;
                is_new
            }
        }
    }

    /// Returns whether a peer has identified itself as one of the network, and is in the routing table.
    pub(super) fn is_identified(&self, peer: &PeerId) -> bool {
        self.identified.contains_key(peer)
    }

    /// Returns the peers that are there, and those of them that are connected and were not missed lately, by the
    /// machine's clock.
    pub(super) fn presence(&self, now: Instant, machine: Instant) -> (Vec<PeerId>, Vec<PeerId>) {
        let known = self.identified.iter().filter(|(peer, _)| self.is_present(peer, now));
        let (mut present, mut reliable) = (Vec::new(), Vec::new());
        for (peer, state) in known {
            present.push(*peer);
            let was_missed = state.missed.is_some_and(|missed| machine < missed + DOUBT);
            if self.is_connected(peer) && !was_missed {
                reliable.push(*peer);
            }
        }
        (present, reliable)
    }

    /// Notes that a peer does not answer, by the machine's clock.
    pub(super) fn missed(&mut self, peer: &PeerId, now: Instant) {
        if let Some(state) = self.identified.get_mut(peer) {
            let since = now.checked_sub(UNNOTICED).unwrap_or(now);
            state.absent_since.get_or_insert(since);
            state.missed = Some(now);
        }
    }

    /// Takes the time since which a peer that is there again may have missed something.
    pub(super) fn take_absence(&mut self, peer: &PeerId) -> Option<Instant> {
        self.identified.get_mut(peer)?.absent_since.take()
    }

    /// Notes that a peer was at none of its addresses. Returns whether it is to be forgotten.
    pub(super) fn failed(&mut self, peer: &PeerId, now: Instant) -> bool {
        self.identified.get_mut(peer).is_some_and(|state| state.contact.failed(now))
    }

    /// Forgets what is known of a peer. Its connections stay.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.identified.remove(peer);
    }

    /// Forgets what is known of peers that are not in the routing table, and returns those.
    pub(super) fn retain(&mut self, mut is_known: impl FnMut(&PeerId) -> bool) -> Vec<PeerId> {
        self.identified.extract_if(|peer, _| !is_known(peer)).map(|(peer, _)| peer).collect()
    }

    /// Returns whether no known peer was ever met from afar.
    pub(super) fn are_near(&self) -> bool {
        !self.identified.values().any(|state| state.is_far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> ConnectionId {
        ConnectionId::new_unchecked(1)
    }

    #[test]
    fn a_peer_is_present_while_connected_and_for_a_while_after() {
        let (mut peers, peer, now) = (Peers::default(), PeerId::random(), Instant::now());
        assert!(!peers.is_present(&peer, now));
        assert!(peers.connected(peer, now), "it is the first");
        assert!(peers.is_present(&peer, now));
        peers.identified(peer, first(), false, "one", now);

        peers.disconnected(&peer, now);

        assert!(peers.is_present(&peer, now), "it was connected just now");
        assert!(peers.is_empty());
        peers.failed(&peer, now);
        assert!(!peers.is_present(&peer, now), "it was missed since");
    }

    #[test]
    fn a_peer_that_was_met_from_afar_once_stays_far_until_it_is_forgotten() {
        let (mut peers, peer, now) = (Peers::default(), PeerId::random(), Instant::now());
        peers.identified(peer, first(), true, "one", now);
        peers.identified(peer, first(), false, "one", now);
        assert!(!peers.are_near());

        peers.retain(|_| false);

        assert!(peers.are_near());
    }

    #[test]
    fn a_known_peer_with_another_agent_version_over_another_connection_was_started_again() {
        let (mut peers, peer, now) = (Peers::default(), PeerId::random(), Instant::now());

        assert!(!peers.identified(peer, first(), false, "one", now), "it is new");
        assert!(!peers.identified(peer, first(), false, "one", now));
        assert!(
            !peers.identified(peer, first(), false, "two", now),
            "it says so, and is connected"
        );
        let second = ConnectionId::new_unchecked(2);
        assert!(peers.identified(peer, second, false, "two", now));
    }
}
