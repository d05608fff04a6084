//! Decides at which servers the node reserves a place, so that others reach it over them, and when one is lost.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use libp2p::{Multiaddr, PeerId, core::transport::ListenerId};

use super::way::Way;
use crate::network::prefix::Prefix;

/// The places that a node has: one relay may end at any time.
const WANTED: usize = 2;

/// The servers that are remembered.
const MAX_KNOWN: usize = 64;

/// The time that connections by all transports may take before a place is reserved. Each shows one of the addresses by
/// which holes are punched.
const MEETING: Duration = Duration::from_secs(3);

/// The time that a reservation may take.
const RESERVING: Duration = Duration::from_secs(12);

const FIRST_PAUSE: Duration = Duration::from_secs(4);

const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The time that a place has to last for earlier failures to be forgotten.
const LASTING: Duration = Duration::from_secs(60);

/// The servers that relay, and the node's places there.
#[derive(Default)]
pub(super) struct Relays {
    known: HashMap<PeerId, Relay>,
}

struct Relay {
    addresses: Vec<Multiaddr>,
    /// The transports by which it was met.
    met: HashSet<Way>,
    stage: Stage,
    failures: u32,
    /// The time before which it is not asked again.
    rests_until: Option<Instant>,
    offered_at: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Idle,
    Meeting { since: Instant },
    Reserving { listener: Option<ListenerId>, since: Instant },
    Reserved { listener: Option<ListenerId>, since: Instant },
}

/// A decision on relays.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RelayStep {
    /// Dial a server at these addresses, also if it is connected by other transports.
    Dial { relay: PeerId, addresses: Vec<Multiaddr> },
    /// Reserve a place at a server that is at this address.
    Reserve { relay: PeerId, address: Multiaddr },
    /// Close the connections with a server, and with them the place there.
    Leave { relay: PeerId },
    /// A place is lost.
    Lost { relay: PeerId },
}

impl Relays {
    /// Notes a server that relays, at addresses of its own, and the transport by which it has said so.
    pub(super) fn offered(
        &mut self,
        relay: PeerId,
        addresses: Vec<Multiaddr>,
        by: Option<Way>,
        now: Instant,
    ) {
        if self.known.len() >= MAX_KNOWN && !self.known.contains_key(&relay) {
            let idle = self.known.iter().filter(|(_, it)| it.stage == Stage::Idle);
            let worst = idle.max_by_key(|(_, it)| (it.failures, now.duration_since(it.offered_at)));
            let Some(worst) = worst.map(|(peer, _)| *peer) else { return };
            self.known.remove(&worst);
        }
        let known = self.known.entry(relay).or_insert_with(|| Relay {
            addresses: Vec::new(),
            met: HashSet::new(),
            stage: Stage::Idle,
            failures: 0,
            rests_until: None,
            offered_at: now,
        });
        known.addresses = addresses;
        known.met.extend(by);
        known.offered_at = now;
    }

    /// Forgets a server that relays no longer, unless there is a place.
    pub(super) fn withdrawn(&mut self, relay: &PeerId) {
        if self.known.get(relay).is_some_and(|known| known.stage == Stage::Idle) {
            self.known.remove(relay);
        }
    }

    /// Notes the end of the last direct connection with a server.
    pub(super) fn disconnected(&mut self, peer: &PeerId) {
        if let Some(known) = self.known.get_mut(peer) {
            known.met.clear();
        }
    }

    /// Notes the listener of a reservation, or that there can be none.
    pub(super) fn listening(&mut self, relay: &PeerId, on: Option<ListenerId>, now: Instant) {
        let Some(known) = self.known.get_mut(relay) else { return };
        match (&mut known.stage, on) {
            (Stage::Reserving { listener, .. }, Some(id)) => *listener = Some(id),
            (Stage::Reserving { .. }, None) => known.fail(now),
            _ => {}
        }
    }

    /// Notes that a server has given a place, or renewed it. Returns whether it is a new one.
    pub(super) fn reserved(&mut self, relay: &PeerId, now: Instant) -> bool {
        let Some(known) = self.known.get_mut(relay) else { return false };
        let Stage::Reserving { listener, .. } = known.stage else { return false };
        known.stage = Stage::Reserved { listener, since: now };
        true
    }

    /// Takes in the end of a listener. Whatever the reason, the place is lost, or was not given.
    pub(super) fn listener_closed(&mut self, id: ListenerId, now: Instant) -> Option<RelayStep> {
        let of = |stage| match stage {
            Stage::Reserving { listener, .. } | Stage::Reserved { listener, .. } => listener,
            _ => None,
        };
        let (relay, known) = self.known.iter_mut().find(|(_, it)| of(it.stage) == Some(id))?;
        let was_reserved = matches!(known.stage, Stage::Reserved { .. });
        known.fail(now);
        was_reserved.then_some(RelayStep::Lost { relay: *relay })
    }

    /// Counts the places.
    pub(super) fn places(&self) -> usize {
        self.known.values().filter(|it| matches!(it.stage, Stage::Reserved { .. })).count()
    }

    /// Returns whether servers that relay are known.
    pub(super) fn are_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// Returns whether all known servers have failed.
    pub(super) fn have_failed(&self) -> bool {
        self.are_known() && self.known.values().all(|it| it.failures > 0)
    }

    /// Takes in that a server is frozen: none of its connections shows a sign of life.
    pub(super) fn froze(&mut self, relay: &PeerId, now: Instant) -> Option<RelayStep> {
        let known = self.known.get_mut(relay)?;
        let was_reserved = matches!(known.stage, Stage::Reserved { .. });
        known.fail(now);
        was_reserved.then_some(RelayStep::Lost { relay: *relay })
    }

    /// Returns the servers that are known.
    pub(super) fn peers(&self) -> Vec<PeerId> {
        self.known.keys().copied().collect()
    }

    /// Lets all servers be asked at once: this machine has moved, and they did not fail.
    pub(super) fn hurry(&mut self) {
        for known in self.known.values_mut() {
            known.rests_until = None;
        }
    }

    /// Decides what to do now. `ways` are the transports that this node listens by.
    pub(super) fn step(
        &mut self,
        is_needed: bool,
        ways: &HashSet<Way>,
        now: Instant,
    ) -> Vec<RelayStep> {
        let mut steps = Vec::new();
        for (relay, known) in &mut self.known {
            known.advance(*relay, is_needed, ways, now, &mut steps);
        }
        if is_needed {
            self.choose(ways, now, &mut steps);
        }
        steps
    }

    /// Chooses further servers: of other networks than those of the places that there are, if possible.
    fn choose(&mut self, ways: &HashSet<Way>, now: Instant, steps: &mut Vec<RelayStep>) {
        loop {
            let used = |it: &&Relay| it.stage != Stage::Idle;
            let used: Vec<_> = self.known.values().filter(used).map(Relay::prefix).collect();
            if used.len() >= WANTED {
                return;
            }
            let idle = self.known.iter_mut().filter(|(_, it)| {
                it.stage == Stage::Idle && it.rests_until.is_none_or(|until| until <= now)
            });
            let next = idle.min_by_key(|(peer, it)| {
                (used.contains(&it.prefix()), it.failures, it.met.is_empty(), peer.to_bytes())
            });
            let Some((relay, chosen)) = next else { return };
            chosen.stage = Stage::Meeting { since: now };
            let missing = chosen.missing(ways);
            if !missing.is_empty() {
                steps.push(RelayStep::Dial { relay: *relay, addresses: missing });
            }
        }
    }
}

impl Relay {
    fn prefix(&self) -> Option<Prefix> {
        self.addresses.iter().find_map(Prefix::of_address)
    }

    fn fail(&mut self, now: Instant) {
        if let Stage::Reserved { since, .. } = self.stage
            && now.duration_since(since) >= LASTING
        {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        self.stage = Stage::Idle;
        let pause = FIRST_PAUSE * (1 << (self.failures - 1).min(10));
        self.rests_until = Some(now + pause.min(LONGEST_PAUSE));
    }

    /// Returns an address for each transport of this node's by which the server was not met yet.
    fn missing(&self, ways: &HashSet<Way>) -> Vec<Multiaddr> {
        let mut seen = self.met.clone();
        let mut is_new =
            |way: Option<Way>| way.is_some_and(|way| ways.contains(&way) && seen.insert(way));
        self.addresses.iter().filter(|address| is_new(Way::of(address))).cloned().collect()
    }

    /// Takes the next step with a server that was chosen.
    fn advance(
        &mut self,
        relay: PeerId,
        is_needed: bool,
        ways: &HashSet<Way>,
        now: Instant,
        steps: &mut Vec<RelayStep>,
    ) {
        match self.stage {
            Stage::Idle => {}
            Stage::Meeting { .. } if !is_needed => self.stage = Stage::Idle,
            Stage::Meeting { since } => {
                let is_over = now.duration_since(since) >= MEETING;
                if !self.missing(ways).is_empty() && !is_over {
                    return;
                }
                let address = self
                    .addresses
                    .iter()
                    .find(|it| Way::of(it).is_some_and(|way| self.met.contains(&way)));
                match address.cloned() {
                    Some(address) => {
                        self.stage = Stage::Reserving { listener: None, since: now };
                        steps.push(RelayStep::Reserve { relay, address });
                    }
                    None if is_over => self.fail(now),
                    None => {}
                }
            }
            Stage::Reserving { since, .. } => {
                if now.duration_since(since) >= RESERVING {
                    self.fail(now);
                    steps.push(RelayStep::Leave { relay });
                }
            }
            Stage::Reserved { .. } => {
                if !is_needed {
                    self.stage = Stage::Idle;
                    steps.extend([RelayStep::Leave { relay }, RelayStep::Lost { relay }]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
