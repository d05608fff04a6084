//! Keeps the state of the network: its links, and the ends of the connections that run over them.

use std::{
    collections::{HashMap, HashSet},
    task::Waker,
};

use libp2p::PeerId;
use slab::Slab;
use tokio::time::Instant;

use super::link::{Link, Pair, Shape};

/// The permissions of an end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    Stalled,
    Refused,
    Killed,
}

/// A side that waits at an end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Reader,
    Writer,
}

/// One end of a connection, from the dial or the arrival until it is dropped.
#[derive(Debug)]
struct End {
    local: PeerId,
    /// `None` until a listener knows the dialer, or the dialer of a foreign address the peer it reached.
    remote: Option<PeerId>,
    /// Still to be refused, if need be.
    connecting: bool,
    killed: bool,
    /// `true` if a side was told to wait until the link is healed.
    held: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// The whole state, under one lock: a fault and the sides it wakes are one step.
///
/// Bounded by the pairs of peers that were linked, and by the connections and listeners there are.
#[derive(Debug, Default)]
pub(super) struct Simulation {
    seed: u64,
    pub(super) usual: Shape,
    pub(super) isolated: HashSet<PeerId>,
    links: HashMap<Pair, Link>,
    ends: Slab<End>,
    /// The peers that have the ports of the memory transport.
    listeners: HashMap<u64, PeerId>,
}

impl Simulation {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    pub(super) fn link(&mut self, a: PeerId, b: PeerId) -> &mut Link {
        self.links.entry(Pair::new(a, b)).or_default()
    }

    pub(super) fn heal(&mut self, a: PeerId, b: PeerId) {
        if let Some(link) = self.links.get_mut(&Pair::new(a, b)) {
            link.heal();
        }
    }

    pub(super) fn heal_all(&mut self) {
        self.isolated.clear();
        for link in self.links.values_mut() {
            link.heal();
        }
    }

    pub(super) fn free_all(&mut self) {
        self.links.values_mut().for_each(Link::free);
    }

    pub(super) fn passed(&self, from: PeerId, to: PeerId) -> u64 {
        self.links.get(&Pair::new(from, to)).map_or(0, |link| link.passed(from, to))
    }

    /// Kills the connections of `a`, with `b` or with all others.
    pub(super) fn kill(&mut self, a: PeerId, b: Option<PeerId>) {
        for (_, end) in &mut self.ends {
            let between = |near, far| near == Some(a) && b.is_none_or(|b| far == Some(b));
            let local = Some(end.local);
            end.killed |= between(local, end.remote) || between(end.remote, local);
        }
    }

    /// Takes the wakers of all sides that a change concerns.
    pub(super) fn take_woken(&mut self) -> Vec<Waker> {
        let gates: Vec<Gate> = self.ends.iter().map(|(_, end)| self.gate(end)).collect();
        let mut woken = Vec::new();
        for ((_, end), gate) in self.ends.iter_mut().zip(gates) {
            let news = match gate {
                Gate::Stalled => false,
                Gate::Open => end.held,
                Gate::Refused | Gate::Killed => true,
            };
            if news {
                end.held = false;
                woken.extend(end.reader.take().into_iter().chain(end.writer.take()));
            }
        }
        woken
    }

    fn gate(&self, end: &End) -> Gate {
        let link = end.remote.and_then(|remote| self.links.get(&Pair::new(end.local, remote)));
        let isolated = self.isolated.contains(&end.local)
            || end.remote.is_some_and(|remote| self.isolated.contains(&remote));
        if end.killed {
            Gate::Killed
        } else if end.connecting && (isolated || link.is_some_and(|link| link.refused)) {
            Gate::Refused
        } else if isolated || link.is_some_and(|link| link.stalled) {
            Gate::Stalled
        } else {
            Gate::Open
        }
    }
}

/// Keeps the ports.
impl Simulation {
    pub(super) fn listen(&mut self, port: u64, peer: PeerId) {
        self.listeners.insert(port, peer);
    }

    pub(super) fn stop_listening(&mut self, port: u64) {
        self.listeners.remove(&port);
    }

    pub(super) fn listener(&self, port: u64) -> Option<PeerId> {
        self.listeners.get(&port).copied()
    }
}

/// Keeps the ends of connections. A key is valid from `open` to `close`, and its holder alone closes it.
impl Simulation {
    pub(super) fn open(&mut self, local: PeerId, remote: Option<PeerId>) -> usize {
        self.ends.insert(End {
            local,
            remote,
            connecting: true,
            killed: false,
            held: false,
            reader: None,
            writer: None,
        })
    }

    /// Removes an end. The wakers that are left come back, since dropping one may drop a task with ends of its own.
    pub(super) fn close(&mut self, key: usize) -> Option<[Option<Waker>; 2]> {
        self.ends.try_remove(key).map(|end| [end.reader, end.writer])
    }

    /// Notes the remote, once it has identified itself.
    pub(super) fn identify(&mut self, key: usize, remote: PeerId) -> Gate {
        self.ends[key].remote = Some(remote);
        let gate = self.gate(&self.ends[key]);
        self.ends[key].connecting = gate == Gate::Refused;
        gate
    }

    /// Returns what the end may do now.
    pub(super) fn look(&self, key: usize) -> Gate {
        self.gate(&self.ends[key])
    }

    /// Returns what the end may do now; the side is woken when that changes.
    pub(super) fn ask(&mut self, key: usize, side: Side, waker: &Waker) -> Gate {
        let gate = self.gate(&self.ends[key]);
        let end = &mut self.ends[key];
        let waiting = match side {
            Side::Reader => &mut end.reader,
            Side::Writer => &mut end.writer,
        };
        match waiting {
            Some(known) => known.clone_from(waker),
            None => *waiting = Some(waker.clone()),
        }
        end.held |= gate == Gate::Stalled;
        gate
    }

    /// Returns when `bytes` that set out `now` towards this end arrive.
    pub(super) fn send(&mut self, key: usize, bytes: usize, now: Instant) -> Instant {
        let (seed, usual) = (self.seed, self.usual);
        let End { local, remote, .. } = self.ends[key];
        match remote {
            Some(remote) => self.link(local, remote).send((remote, local), bytes, now, usual, seed),
            None => now + usual.delay.unwrap_or_default(),
        }
    }

    /// Counts bytes that are handed over at this end.
    pub(super) fn count(&mut self, key: usize, bytes: usize) {
        let End { local, remote, .. } = self.ends[key];
        if let Some(remote) = remote {
            self.link(local, remote).count(remote, local, bytes);
        }
    }
}
