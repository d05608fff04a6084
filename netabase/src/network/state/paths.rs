//! Tells connections over relays from direct ones, and which of them are no longer needed.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    time::{Duration, Instant},
};

use libp2p::{PeerId, swarm::ConnectionId};

/// The time that a direct connection has to last before those over relays are closed: of two that are punched at once
/// one may close again, and what is under way has time to end.
const LASTING: Duration = Duration::from_secs(1);

/// The silence after which a server's connection counts as frozen: three pings. Nothing else would tell for minutes.
const SILENCE: Duration = Duration::from_secs(12);

/// The time for a sign of life if there is reason to doubt a connection: more than one ping.
const DOUBT: Duration = Duration::from_secs(5);

/// The open connections of each peer.
#[derive(Default)]
pub(super) struct Paths {
    peers: HashMap<PeerId, OfPeer>,
}

#[derive(Default)]
struct OfPeer {
    direct: HashMap<ConnectionId, Direct>,
    relayed: HashSet<ConnectionId>,
}

#[derive(Clone, Copy)]
struct Direct {
    opened: Instant,
    heard: Instant,
}

impl Paths {
    /// Notes a connection. Returns whether it is the first direct one with a peer that is connected over a relay.
    pub(super) fn opened(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        is_relayed: bool,
        now: Instant,
    ) -> bool {
        let of_peer = self.peers.entry(peer).or_default();
        if is_relayed {
            of_peer.relayed.insert(connection);
            return false;
        }
        let is_first = of_peer.direct.is_empty();
        of_peer.direct.insert(connection, Direct { opened: now, heard: now });
        is_first && !of_peer.relayed.is_empty()
    }

    /// Returns the connections over relays that are to be closed: with a direct one there is no use for them, and new
    /// streams would use the circuit, whose limits end them.
    pub(super) fn surplus(&self, now: Instant) -> Vec<ConnectionId> {
        let lasts = |it: &Direct| now.saturating_duration_since(it.opened) >= LASTING;
        let served = self.peers.values().filter(|of| of.direct.values().any(lasts));
        served.flat_map(|of| of.relayed.iter().copied()).collect()
    }

    pub(super) fn closed(&mut self, peer: &PeerId, connection: ConnectionId) {
        let Entry::Occupied(mut of_peer) = self.peers.entry(*peer) else { return };
        of_peer.get_mut().direct.remove(&connection);
        of_peer.get_mut().relayed.remove(&connection);
        if of_peer.get().direct.is_empty() && of_peer.get().relayed.is_empty() {
            of_peer.remove();
        }
    }

    /// Notes a sign of life over a connection.
    pub(super) fn heard(&mut self, peer: &PeerId, connection: ConnectionId, now: Instant) {
        let of_peer = self.peers.get_mut(peer);
        if let Some(direct) = of_peer.and_then(|of| of.direct.get_mut(&connection)) {
            direct.heard = now;
        }
    }

    /// Has all connections count as silent soon, unless there is a sign of life.
    pub(super) fn doubt(&mut self, now: Instant) {
        let silent_soon = now.checked_sub(SILENCE.saturating_sub(DOUBT)).unwrap_or(now);
        for direct in self.peers.values_mut().flat_map(|of| of.direct.values_mut()) {
            direct.heard = direct.heard.min(silent_soon);
        }
    }

    /// Returns the direct connections with a peer that are silent, and whether all are.
    pub(super) fn silent(&self, peer: &PeerId, now: Instant) -> (Vec<ConnectionId>, bool) {
        let Some(of_peer) = self.peers.get(peer) else { return (Vec::new(), false) };
        let is_silent = |it: &Direct| now.saturating_duration_since(it.heard) >= SILENCE;
        let silent = of_peer.direct.iter().filter(|(_, it)| is_silent(it)).map(|(id, _)| *id);
        let silent: Vec<ConnectionId> = silent.collect();
        let are_all = !silent.is_empty() && silent.len() == of_peer.direct.len();
        (silent, are_all)
    }

    /// Returns the direct connections with a peer.
    pub(super) fn direct(&self, peer: &PeerId) -> Vec<ConnectionId> {
        self.peers.get(peer).map(|of| of.direct.keys().copied().collect()).unwrap_or_default()
    }

    /// Returns whether there is a direct connection with a peer.
    pub(super) fn is_direct(&self, peer: &PeerId) -> bool {
        self.peers.get(peer).is_some_and(|of| !of.direct.is_empty())
    }

    /// Counts the peers that are connected over relays alone.
    pub(super) fn relayed(&self) -> usize {
        self.peers.values().filter(|of| of.direct.is_empty()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relayed_connections_are_closed_once_a_direct_one_has_lasted_and_not_before() {
        let (mut paths, peer, start) = (Paths::default(), PeerId::random(), Instant::now());
        let [one, two, three, four] = [1, 2, 3, 4].map(ConnectionId::new_unchecked);

        paths.opened(peer, one, true, start);
        assert!(paths.surplus(start + LASTING).is_empty());
        assert_eq!(paths.relayed(), 1);
        paths.opened(peer, two, false, start);
        assert!(paths.surplus(start).is_empty(), "it may close again");
        paths.opened(peer, three, false, start + LASTING);
        paths.closed(&peer, two);
        assert!(paths.surplus(start + LASTING).is_empty(), "QUIC may give two, and one ends");
        assert_eq!(paths.surplus(start + LASTING * 2), [one]);
        assert!(paths.is_direct(&peer));
        paths.closed(&peer, one);
        paths.opened(peer, four, true, start + LASTING * 3);
        assert_eq!(paths.surplus(start + LASTING * 3), [four], "it comes too late");
        assert_eq!(paths.relayed(), 0);
    }

    #[test]
    fn a_direct_connection_is_news_only_to_a_peer_that_came_over_a_relay() {
        let (mut paths, peer, now) = (Paths::default(), PeerId::random(), Instant::now());
        let [one, two, three] = [1, 2, 3].map(ConnectionId::new_unchecked);

        assert!(!paths.opened(peer, one, true, now));
        assert!(paths.opened(peer, two, false, now));
        assert!(!paths.opened(peer, three, false, now), "it is the second");
        assert!(!paths.opened(PeerId::random(), one, false, now));
    }

    #[test]
    fn connections_are_silent_after_three_pings_and_sooner_when_in_doubt() {
        let (mut paths, peer, start) = (Paths::default(), PeerId::random(), Instant::now());
        let [one, two] = [1, 2].map(ConnectionId::new_unchecked);
        let start = start + SILENCE;
        paths.opened(peer, one, false, start);
        paths.opened(peer, two, false, start);
        let before = start + SILENCE.saturating_sub(Duration::from_secs(1));
        assert_eq!(paths.silent(&peer, before), (Vec::new(), false));

        paths.heard(&peer, one, before);
        assert_eq!(paths.silent(&peer, start + SILENCE), (vec![two], false));
        let mut all = paths.silent(&peer, before + SILENCE);
        all.0.sort();
        assert_eq!(all, (vec![one, two], true));

        paths.doubt(before);
        assert!(!paths.silent(&peer, before + DOUBT / 2).0.contains(&one));
        assert!(paths.silent(&peer, before + DOUBT).0.contains(&one));
    }

    #[test]
    fn nothing_is_kept_of_a_peer_without_connections() {
        let (mut paths, peer) = (Paths::default(), PeerId::random());
        let connection = ConnectionId::new_unchecked(1);
        paths.opened(peer, connection, true, Instant::now());

        paths.closed(&peer, connection);

        assert!(paths.peers.is_empty());
    }
}
