//! Decides how fast each peer is sent records: as fast as it takes them, and no more while it asks for a pause or does
//! not answer.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use libp2p::PeerId;

use crate::network::place::{KeyHash, place_of};

/// The most records that are under way to one peer. A connection carries 32 requests.
pub(super) const WINDOW: usize = 16;

/// The most records that are under way to all peers: kad looks at all of its queries at each step.
const MAX_UNDER_WAY: usize = 256;

/// The shortest pause after a refusal for the rate; twice as long each time that nothing was taken in between.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// The pause before a silent peer is tried again; twice as long each time.
const FIRST_SILENCE: Duration = Duration::from_secs(1);

const LONGEST_SILENCE: Duration = Duration::from_secs(30);

const MAX_DOUBLINGS: u32 = 10;

/// The time for which the last pause of a peer is remembered.
const REMEMBERED: Duration = Duration::from_secs(60);

/// What may be sent to a peer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Open,
    /// As much is under way as may be.
    Full,
    /// Nothing is to be sent for some time.
    Shut,
}

/// The pace of each peer that is sent records, or does not answer.
#[derive(Default)]
pub(in crate::network) struct Paces {
    peers: HashMap<PeerId, Pace>,
    under_way: usize,
    /// How many peers do not answer.
    silent: usize,
}

struct Pace {
    place: KeyHash,
    under_way: usize,
    /// Nothing is sent before.
    opens: Option<Instant>,
    /// Refusals for the rate since a record was taken, counted once a pause.
    refusals: u32,
    /// How often in a row it has not answered.
    silences: u32,
}

impl Pace {
    fn new(peer: &PeerId) -> Self {
        Self { place: place_of(peer), under_way: 0, opens: None, refusals: 0, silences: 0 }
    }

    fn is_at_rest(&self, now: Instant) -> bool {
        let is_past = self.opens.is_none_or(|opens| opens + REMEMBERED <= now);
        self.under_way == 0 && self.silences == 0 && is_past
    }
}

impl Paces {
    pub(super) fn door(&self, peer: &PeerId, now: Instant) -> Door {
        let is_full = self.under_way >= MAX_UNDER_WAY;
        let Some(pace) = self.peers.get(peer) else {
            return if is_full { Door::Full } else { Door::Open };
        };
        if pace.opens.is_some_and(|opens| now < opens) {
            return Door::Shut;
        }
        // A peer that did not answer, or took nothing after its last pause, is tried with one record.
        let is_tried = pace.silences > 0 || pace.refusals > 1;
        let window = if is_tried { 1 } else { WINDOW };
        match pace.under_way < window {
            true if is_full => Door::Full,
            true => Door::Open,
            false if pace.silences > 0 => Door::Shut,
            false => Door::Full,
        }
    }

    /// Returns when a peer that is shut may be sent records again. `None` if that is now, or an answer decides it.
    pub(super) fn opens(&self, peer: &PeerId, now: Instant) -> Option<Instant> {
        self.peers.get(peer)?.opens.filter(|opens| now < *opens)
    }

    /// Returns the peers that do not answer, and their places.
    pub(super) fn silent(&self) -> impl Iterator<Item = (PeerId, KeyHash)> {
        let pace = self.peers.iter().filter(|(_, pace)| pace.silences > 0);
        pace.take(self.silent).map(|(peer, pace)| (*peer, pace.place))
    }

    /// Returns how many peers do not answer.
    pub(in crate::network) fn silent_count(&self) -> usize {
        self.silent
    }

    /// Notes that a record is sent.
    pub(super) fn sent(&mut self, peer: PeerId) {
        self.peers.entry(peer).or_insert_with(|| Pace::new(&peer)).under_way += 1;
        self.under_way += 1;
    }

    /// Notes that a record is no longer under way, whatever became of it.
    pub(super) fn ended(&mut self, peer: &PeerId) {
        if let Some(pace) = self.peers.get_mut(peer).filter(|pace| pace.under_way > 0) {
            pace.under_way -= 1;
            self.under_way -= 1;
        }
    }

    /// Notes that a peer has taken a record.
    pub(super) fn took(&mut self, peer: &PeerId) {
        self.heard(peer);
        if let Some(pace) = self.peers.get_mut(peer) {
            pace.refusals = 0;
        }
    }

    /// Notes that a peer takes nothing until so much later.
    pub(super) fn refused(&mut self, peer: PeerId, retry_after: Option<Duration>, now: Instant) {
        self.heard(&peer);
        let pace = self.peers.entry(peer).or_insert_with(|| Pace::new(&peer));
        let is_shut = pace.opens.is_some_and(|opens| now < opens);
        if !is_shut {
            pace.refusals = pace.refusals.saturating_add(1);
        }
        let least = SHORTEST_PAUSE * (1 << pace.refusals.saturating_sub(1).min(MAX_DOUBLINGS));
        let opens = now + retry_after.unwrap_or_default().max(least);
        pace.opens = Some(pace.opens.map_or(opens, |before| before.max(opens)));
    }

    /// Notes that a peer has not answered. Returns whether it had before, if it is `known`: no more is kept of others
    /// than a short pause.
    pub(in crate::network) fn missed(
        &mut self,
        peer: PeerId,
        is_known: bool,
        now: Instant,
    ) -> bool {
        let pace = self.peers.entry(peer).or_insert_with(|| Pace::new(&peer));
        let is_shut = pace.opens.is_some_and(|opens| now < opens);
        if !is_known {
            pace.opens = Some(now + FIRST_SILENCE);
            return false;
        }
        // What was under way together is missed once.
        if is_shut && pace.silences > 0 {
            return false;
        }
        let pause = FIRST_SILENCE * (1 << pace.silences.min(MAX_DOUBLINGS));
        pace.opens = Some(now + pause.min(LONGEST_SILENCE));
        pace.silences = pace.silences.saturating_add(1);
        let is_new = pace.silences == 1;
        self.silent += usize::from(is_new);
        is_new
    }

    /// Notes a sign of life. Returns whether the peer had been silent.
    pub(in crate::network) fn heard(&mut self, peer: &PeerId) -> bool {
        let Some(pace) = self.peers.get_mut(peer).filter(|pace| pace.silences > 0) else {
            return false;
        };
        (pace.silences, pace.opens) = (0, None);
        self.silent -= 1;
        true
    }

    /// Forgets a peer.
    pub(in crate::network) fn forget(&mut self, peer: &PeerId) {
        if let Some(pace) = self.peers.remove(peer) {
            self.under_way -= pace.under_way;
            self.silent -= usize::from(pace.silences > 0);
        }
    }

    /// Forgets peers of which there is nothing to be known.
    pub(in crate::network) fn tidy(&mut self, now: Instant) {
        self.peers.retain(|_, pace| !pace.is_at_rest(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_peer_is_sent_as_much_at_a_time_as_a_connection_carries_well() {
        let (mut paces, peer, now) = (Paces::default(), PeerId::random(), Instant::now());
        for _ in 0..WINDOW {
            assert_eq!(paces.door(&peer, now), Door::Open);
            paces.sent(peer);
        }
        assert_eq!(paces.door(&peer, now), Door::Full);
        paces.ended(&peer);
        assert_eq!(paces.door(&peer, now), Door::Open);
    }

    #[test]
    fn a_peer_is_left_alone_for_as_long_as_it_asks_for_and_longer_if_it_goes_on_refusing() {
        let (mut paces, peer, now) = (Paces::default(), PeerId::random(), Instant::now());
        for _ in 0..WINDOW {
            paces.refused(peer, Some(SECOND), now);
        }
        assert_eq!(paces.opens(&peer, now), Some(now + SECOND));
        assert_eq!(paces.door(&peer, now + SECOND), Door::Open);

        let mut later = now;
        let pauses: Vec<u128> = (0..5)
            .map(|_| {
                paces.refused(peer, None, later);
                let opens = paces.opens(&peer, later).unwrap_or(later);
                let pause = opens - later;
                later = opens;
                pause.as_millis()
            })
            .collect();
        assert_eq!(pauses, [1000, 200, 400, 800, 1600], "the first is what it asked for");
        paces.took(&peer);
        paces.refused(peer, None, later);
        assert_eq!(paces.opens(&peer, later), Some(later + SHORTEST_PAUSE));
    }

    #[test]
    fn a_silent_peer_is_tried_ever_more_seldom_until_it_is_heard() {
        let (mut paces, peer, mut now) = (Paces::default(), PeerId::random(), Instant::now());
        let mut pauses = Vec::new();
        for _ in 0..7 {
            paces.missed(peer, true, now);
            assert!(!paces.missed(peer, true, now), "what was under way together is missed once");
            let opens = paces.opens(&peer, now).unwrap_or(now);
            pauses.push((opens - now).as_secs());
            now = opens;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        paces.sent(peer);
        assert_eq!(paces.door(&peer, now), Door::Shut, "one record is a try");

        assert!(paces.heard(&peer) && !paces.heard(&peer));
        assert_eq!(paces.door(&peer, now), Door::Open);
        paces.ended(&peer);
        paces.tidy(now + REMEMBERED);
        assert!(paces.peers.is_empty());
    }
}
