//! Decides who gets a reservation, a circuit or a probe. It knows no swarm: events and the time come in.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

use libp2p::{Multiaddr, PeerId};

use super::{prefix::Prefix, relay_limits::RelayLimits};

/// The most peers, and the most networks, whose use is told apart. Beyond that strangers get nothing until some are at
/// rest: it takes as many addresses to get there.
const MAX_KNOWN: usize = 8192;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What a server has given to whom.
pub(super) struct RelayLedger {
    limits: RelayLimits,
    /// Connected peers that speak the network's protocol; `false` for those that speak another.
    known: HashMap<PeerId, bool>,
    reserved: HashMap<PeerId, Option<Prefix>>,
    circuits_of_peers: Hourly<PeerId>,
    circuits_of_prefixes: Hourly<Prefix>,
    probes_of_prefixes: Hourly<Prefix>,
    refusals: Refused,
}

/// Counts what was refused since the last look.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) reservations: u64,
    pub(super) circuits: u64,
    pub(super) probes: u64,
}

impl RelayLedger {
    pub(super) fn new(limits: RelayLimits) -> Self {
        Self {
            known: HashMap::new(),
            reserved: HashMap::new(),
            circuits_of_peers: Hourly::new(limits.circuits_per_peer_and_hour),
            circuits_of_prefixes: Hourly::new(limits.circuits_per_prefix_and_hour),
            probes_of_prefixes: Hourly::new(limits.probes_per_prefix_and_hour),
            refusals: Refused::default(),
            limits,
        }
    }

    /// Notes which protocol a connected peer speaks.
    pub(super) fn identified(&mut self, peer: PeerId, is_of_network: bool) {
        self.known.insert(peer, is_of_network);
        if !is_of_network {
            self.reserved.remove(&peer);
        }
    }

    /// Forgets a peer whose last connection is closed.
    pub(super) fn disconnected(&mut self, peer: &PeerId) {
        self.known.remove(peer);
        self.reserved.remove(peer);
    }

    /// Notes that a reservation has ended.
    pub(super) fn released(&mut self, peer: &PeerId) {
        self.reserved.remove(peer);
    }

    /// Returns how many peers have a reservation.
    pub(super) fn reservations(&self) -> usize {
        self.reserved.len()
    }

    /// Takes what was refused since the last call.
    pub(super) fn take_refused(&mut self) -> Refused {
        std::mem::take(&mut self.refusals)
    }

    /// Decides whether a peer gets a reservation, or keeps the one it has.
    pub(super) fn may_reserve(&mut self, peer: PeerId, from: &Multiaddr) -> bool {
        let prefix = Prefix::of_address(from);
        let is_granted = self.known.get(&peer) == Some(&true)
            && (self.reserved.contains_key(&peer) || self.has_room(prefix));
        if is_granted {
            self.reserved.insert(peer, prefix);
        } else {
            self.refusals.reservations += 1;
        }
        is_granted
    }

    fn has_room(&self, prefix: Option<Prefix>) -> bool {
        let of_prefix = self.reserved.values().filter(|of| prefix.is_some() && **of == prefix);
        self.reserved.len() < self.limits.max_reservations as usize
            && of_prefix.count() < self.limits.max_reservations_per_prefix as usize
    }

    /// Decides whether a peer may open a circuit. It may ask before it has identified itself: the peer at the other
    /// end has, or it would have no reservation.
    pub(super) fn may_open(&mut self, peer: PeerId, from: &Multiaddr, now: Instant) -> bool {
        let prefix = Prefix::of_address(from);
        let is_granted = self.known.get(&peer) != Some(&false)
            && self.circuits_of_peers.has_room(&peer, now)
            && prefix.is_none_or(|prefix| self.circuits_of_prefixes.has_room(&prefix, now));
        if is_granted {
            self.circuits_of_peers.count(peer, now);
            if let Some(prefix) = prefix {
                self.circuits_of_prefixes.count(prefix, now);
            }
        } else {
            self.refusals.circuits += 1;
        }
        is_granted
    }

    /// Decides whether a peer may have an address dialled.
    pub(super) fn may_probe(&mut self, peer: &PeerId, from: &Multiaddr, now: Instant) -> bool {
        let prefix = Prefix::of_address(from);
        let is_granted = self.known.get(peer) == Some(&true)
            && self.limits.probes_per_prefix_and_hour > 0
            && prefix.is_none_or(|prefix| self.probes_of_prefixes.has_room(&prefix, now));
        if !is_granted {
            self.refusals.probes += 1;
        } else if let Some(prefix) = prefix {
            self.probes_of_prefixes.count(prefix, now);
        }
        is_granted
    }
}

/// Counts uses that wear off within an hour (the generic cell rate algorithm).
struct Hourly<K> {
    max: u32,
    /// The time until which a key has used up its part.
    used_until: HashMap<K, Instant>,
}

impl<K: Eq + Hash> Hourly<K> {
    fn new(max: u32) -> Self {
        Self { max, used_until: HashMap::new() }
    }

    fn has_room(&mut self, key: &K, now: Instant) -> bool {
        let Some(each) = HOUR.checked_div(self.max) else { return false };
        if self.used_until.len() >= MAX_KNOWN && !self.used_until.contains_key(key) {
            self.used_until.retain(|_, until| *until > now);
            if self.used_until.len() >= MAX_KNOWN {
                return false;
            }
        }
        let used = self
            .used_until
            .get(key)
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        used + each <= HOUR
    }

    fn count(&mut self, key: K, now: Instant) {
        let Some(each) = HOUR.checked_div(self.max) else { return };
        let until = self.used_until.entry(key).or_insert(now);
        *until = (*until).max(now) + each;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: &str = "/ip4/9.9.9.9/tcp/1";

    fn ledger(change: impl FnOnce(&mut RelayLimits)) -> RelayLedger {
        let mut limits = RelayLimits::default();
        change(&mut limits);
        RelayLedger::new(limits)
    }

    fn member(ledger: &mut RelayLedger) -> PeerId {
        let peer = PeerId::random();
        ledger.identified(peer, true);
        peer
    }

    fn at(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_peers_of_the_network_get_a_reservation() {
        let mut ledger = ledger(|_| {});
        let (unknown, foreign, of_network) =
            (PeerId::random(), PeerId::random(), member(&mut ledger));
        ledger.identified(foreign, false);

        assert!(!ledger.may_reserve(unknown, &at(FAR)));
        assert!(!ledger.may_reserve(foreign, &at(FAR)));
        assert!(ledger.may_reserve(of_network, &at(FAR)));
        assert_eq!(ledger.reservations(), 1);
        assert_eq!(ledger.take_refused().reservations, 2);
    }

    #[test]
    fn a_full_relay_renews_and_takes_nobody_until_one_leaves() {
        let mut ledger = ledger(|limits| limits.max_reservations = 1);
        let (first, second) = (member(&mut ledger), member(&mut ledger));

        assert!(ledger.may_reserve(first, &at(FAR)));
        assert!(!ledger.may_reserve(second, &at("/ip4/8.8.8.8/tcp/1")));
        assert!(ledger.may_reserve(first, &at(FAR)), "it has a place");
        ledger.disconnected(&first);
        assert!(ledger.may_reserve(second, &at("/ip4/8.8.8.8/tcp/1")));
        ledger.released(&second);
        assert_eq!(ledger.reservations(), 0);
    }

    #[test]
    fn one_network_does_not_take_all_places_and_neighbours_are_not_counted() {
        let mut ledger = ledger(|limits| limits.max_reservations_per_prefix = 2);
        let mut reserve = |from: &str| {
            let peer = member(&mut ledger);
            ledger.may_reserve(peer, &at(from))
        };

        assert!(reserve("/ip4/9.9.9.1/tcp/1") && reserve("/ip4/9.9.9.2/tcp/1"));
        assert!(!reserve("/ip4/9.9.9.3/tcp/1"));
        assert!(reserve("/ip4/9.9.8.3/tcp/1"));
        assert!((0..9).all(|_| reserve("/ip4/10.0.0.1/tcp/1")));
    }

    #[test]
    fn circuits_are_limited_by_peer_and_by_network_and_come_back_with_time() {
        let mut ledger = ledger(|limits| {
            limits.circuits_per_peer_and_hour = 2;
            limits.circuits_per_prefix_and_hour = 3;
        });
        let (one, other, start) = (PeerId::random(), PeerId::random(), Instant::now());

        assert!(ledger.may_open(one, &at(FAR), start) && ledger.may_open(one, &at(FAR), start));
        assert!(!ledger.may_open(one, &at(FAR), start), "of the peer");
        assert!(ledger.may_open(other, &at(FAR), start));
        assert!(!ledger.may_open(other, &at(FAR), start), "of the network");
        assert!(!ledger.may_open(one, &at(FAR), start + HOUR / 4));
        assert!(ledger.may_open(one, &at(FAR), start + HOUR / 2));
        assert_eq!(ledger.take_refused().circuits, 3);
    }

    #[test]
    fn a_peer_of_another_network_opens_no_circuit_and_has_nothing_dialled() {
        let (mut ledger, foreign) = (ledger(|_| {}), PeerId::random());
        ledger.identified(foreign, false);

        assert!(!ledger.may_open(foreign, &at(FAR), Instant::now()));
        assert!(!ledger.may_probe(&foreign, &at(FAR), Instant::now()));
    }

    #[test]
    fn invented_peers_take_bounded_memory() {
        let (mut ledger, start) = (ledger(|_| {}), Instant::now());
        let near = at("/ip4/10.0.0.1/tcp/1");
        for _ in 0..MAX_KNOWN {
            assert!(ledger.may_open(PeerId::random(), &near, start));
        }

        assert!(!ledger.may_open(PeerId::random(), &near, start));
        assert!(ledger.may_open(PeerId::random(), &near, start + HOUR), "the others are at rest");
        assert_eq!(ledger.circuits_of_peers.used_until.len(), 1);
    }
}
