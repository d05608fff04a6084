//! Decides which of the node's addresses count as confirmed: those that servers have reached, several times.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use libp2p::{Multiaddr, PeerId};

use crate::network::addresses::{Scope, is_node_address, is_relayed};

/// The successes in a row after which an address counts.
const SUCCESSES: usize = 3;

/// The servers that they have to come from: one may be wrong, or lie.
const SERVERS: usize = 2;

/// The failures in a row after which a confirmed address counts no longer.
const FAILURES: u32 = 3;

/// The addresses that are tested: others name them, and may name any number.
const MAX_CANDIDATES: usize = 16;

/// The time until a confirmed address is tested again.
const REST: Duration = Duration::from_secs(10 * 60);

/// The pause after a failure, which doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(30);

const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The time after which an address that nobody has named again is forgotten, unless it is confirmed.
const STALE: Duration = Duration::from_secs(3 * 60 * 60);

/// The addresses at which others see this node, and what tests of them have shown.
#[derive(Default)]
pub(super) struct AddressTests {
    candidates: HashMap<Multiaddr, Candidate>,
    /// The test that is under way.
    running: Option<(Multiaddr, PeerId)>,
}

struct Candidate {
    named: Instant,
    due: Instant,
    /// The servers of the last successes in a row.
    successes: Vec<PeerId>,
    failures: u32,
    is_confirmed: bool,
}

/// A change of what counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Confirmed(Multiaddr),
    Lost(Multiaddr),
}

impl AddressTests {
    /// Notes an address at which a peer sees this node. Those that cannot lead here from afar are not tested.
    pub(super) fn named(&mut self, address: &Multiaddr, now: Instant) -> bool {
        let is_candidate = Scope::of(address) == Some(Scope::Public)
            && !is_relayed(address)
            && is_node_address(address);
        if !is_candidate {
            return false;
        }
        if let Some(candidate) = self.candidates.get_mut(address) {
            candidate.named = now;
            return true;
        }
        if self.candidates.len() >= MAX_CANDIDATES && !self.make_room() {
            return false;
        }
        let candidate = Candidate {
            named: now,
            due: now,
            successes: Vec::new(),
            failures: 0,
            is_confirmed: false,
        };
        self.candidates.insert(address.clone(), candidate);
        true
    }

    /// Drops what failed most, and of such the one that was named longest ago.
    fn make_room(&mut self) -> bool {
        let least = self
            .candidates
            .iter()
            .filter(|(address, it)| !it.is_confirmed && !self.is_running(address))
            .min_by_key(|(_, it)| (std::cmp::Reverse(it.failures), it.named))
            .map(|(address, _)| address.clone());
        least.is_some_and(|address| self.candidates.remove(&address).is_some())
    }

    fn is_running(&self, address: &Multiaddr) -> bool {
        self.running.as_ref().is_some_and(|(running, _)| running == address)
    }

    /// Notes an address that counts for another reason: the gateway has mapped it. It is tested all the same.
    #[cfg(any(test, feature = "upnp"))]
    pub(super) fn mapped(&mut self, address: &Multiaddr, now: Instant) {
        if self.named(address, now)
            && let Some(candidate) = self.candidates.get_mut(address)
        {
            candidate.is_confirmed = true;
        }
    }

    /// Forgets an address that is no longer there.
    #[cfg(feature = "upnp")]
    pub(super) fn unmapped(&mut self, address: &Multiaddr) {
        self.candidates.remove(address);
    }

    /// Has all addresses tested soon: the machine has moved, maybe.
    pub(super) fn hurry(&mut self, now: Instant) {
        for candidate in self.candidates.values_mut() {
            candidate.due = candidate.due.min(now);
            candidate.failures = candidate.failures.min(1);
        }
    }

    /// Returns the addresses that count.
    pub(super) fn confirmed(&self) -> impl Iterator<Item = &Multiaddr> {
        self.candidates.iter().filter(|(_, it)| it.is_confirmed).map(|(address, _)| address)
    }

    /// Starts the next test that is due, if none is under way. An address that counts is tested by any server, another
    /// one by one that has not reached it yet, as long as there is one.
    pub(super) fn start(
        &mut self,
        servers: &[PeerId],
        now: Instant,
    ) -> Option<(Multiaddr, PeerId)> {
        if self.running.is_some() {
            return None;
        }
        self.candidates.retain(|_, it| it.is_confirmed || now.duration_since(it.named) < STALE);
        let due = self.candidates.iter().filter(|(_, it)| it.due <= now);
        let (address, candidate) = due.min_by_key(|(_, it)| {
            (it.failures, SUCCESSES.saturating_sub(it.successes.len()), it.due)
        })?;
        // After a failure another one is asked.
        let turn = candidate.failures as usize;
        let turns = (0..servers.len()).map(|index| servers[(index + turn) % servers.len()]);
        let successes =
            |server: &PeerId| candidate.successes.iter().filter(|it| *it == server).count();
        let server = turns.min_by_key(successes)?;
        let address = address.clone();
        self.running = Some((address.clone(), server));
        Some((address, server))
    }

    /// Takes in the result of the test that was started.
    pub(super) fn ended(
        &mut self,
        address: &Multiaddr,
        server: PeerId,
        is_reachable: bool,
        now: Instant,
    ) -> Option<Verdict> {
        self.running.take_if(|running| *running == (address.clone(), server))?;
        let candidate = self.candidates.get_mut(address)?;
        let is_news = candidate.ended(server, is_reachable, now);
        is_news.then(|| {
            if candidate.is_confirmed {
                Verdict::Confirmed(address.clone())
            } else {
                Verdict::Lost(address.clone())
            }
        })
    }
}

impl Candidate {
    /// Takes in a result, and returns whether it changes what counts.
    fn ended(&mut self, server: PeerId, is_reachable: bool, now: Instant) -> bool {
        let was_confirmed = self.is_confirmed;
        if is_reachable {
            self.failures = 0;
            self.successes.push(server);
            // The last ones of each server are enough.
            if self.successes.len() > SUCCESSES {
                self.successes.remove(0);
            }
            let mut servers = self.successes.clone();
            servers.sort_unstable();
            servers.dedup();
            let is_enough = self.successes.len() >= SUCCESSES && servers.len() >= SERVERS;
            self.is_confirmed |= is_enough;
            // With one server alone more of its successes prove nothing.
            let is_waiting = self.is_confirmed || self.successes.len() >= SUCCESSES;
            self.due = if self.is_confirmed {
                now + REST
            } else if is_waiting {
                now + FIRST_PAUSE
            } else {
                now
            };
        } else {
            self.successes.clear();
            self.failures = self.failures.saturating_add(1);
            if self.failures >= FAILURES {
                self.is_confirmed = false;
            }
            let doublings = self.failures.saturating_sub(1).min(7);
            self.due = now + (FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE);
        }
        self.is_confirmed != was_confirmed
    }
}

#[cfg(test)]
mod tests;
