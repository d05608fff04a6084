//! Counts what a node has done, and what it has refused and why.

use std::{fmt, ops::Index};

use parking_lot::Mutex;

use crate::store::RefusalReason;

/// Counts what a node has done, and what it holds at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeCounters {
    /// Peers that are connected now.
    pub connected_peers: usize,
    /// Peers in the routing table now.
    pub known_peers: usize,
    /// Records that peers sent, and that were stored or were here already.
    pub records_accepted: u64,
    /// Records, and providers, that peers sent and that were refused, by reason.
    pub refused: Refusals,
    /// Walks through the network that callers asked for: publishes, fetches, providers.
    pub queries: u64,
    /// Queries among them that failed.
    pub queries_failed: u64,
    /// Answers to fetches that were not valid.
    pub invalid_answers: u64,
    /// Copies at other peers that were replaced with newer ones, or filled in, after a fetch.
    pub repairs: u64,
    /// Own records that wait to be sent to peers, because they were written, renewed or removed. One that some peers
    /// have and others are to be sent later counts once for each of those.
    pub offers_waiting: usize,
    /// Own records that a peer refused while others took them, counted once for each such peer. They are offered
    /// to it ever more seldom.
    pub offers_refused: usize,
    /// Own records that were sent to peers by the node itself.
    pub offers_sent: u64,
    /// Attempts to do so that reached no peer; they are made again.
    pub offers_failed: u64,
    /// Own records that were not sent, since a peer had a newer value.
    pub offers_outdated: u64,
    /// Leases of own records that the node renewed.
    pub renewals: u64,
    /// New peers for which the held records are yet to be looked through.
    pub handovers_waiting: usize,
    /// Held records that were passed on to peers which came closer to them.
    pub handovers_sent: u64,
    /// Connections that others opened and that were refused: there were too many, of all, of one peer or from one
    /// network.
    pub connections_refused: u64,
    /// Peers that are connected over relays alone now.
    pub relayed_peers: usize,
    /// Servers that relay for this node now.
    pub relays: usize,
    /// Times that such a server was lost.
    pub relays_lost: u64,
    /// Direct connections with peers that had come over a relay.
    pub holes_punched: u64,
    /// Peers that came over a relay, and got no direct connection.
    pub holes_missed: u64,
    /// Own addresses that servers have reached when they were asked to.
    pub probes_reached: u64,
    /// Own addresses that they have not.
    pub probes_missed: u64,
    /// Peers that this server relays for now.
    pub reservations_held: usize,
    /// Requests of peers to be relayed for that it refused: its limits, or they are of another network.
    pub reservations_refused: u64,
    /// Circuits over this server that are open now.
    pub circuits_open: usize,
    /// Circuits that it has opened.
    pub circuits_opened: u64,
    /// Circuits that it refused.
    pub circuits_refused: u64,
    /// Addresses that peers asked it to dial, and that it did not.
    pub probes_refused: u64,
    /// Addresses that peers claimed and that are not kept: too many, too long, or out of place.
    pub addresses_refused: u64,
}

/// Counts by reason the records of peers that were refused.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Refusals {
    counts: [u64; RefusalReason::ALL.len()],
}

impl Refusals {
    /// Returns the count of each reason.
    pub fn iter(&self) -> impl Iterator<Item = (RefusalReason, u64)> {
        RefusalReason::ALL.iter().copied().zip(self.counts)
    }

    /// Returns the sum of the counts.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Returns the count of a reason.
impl Index<RefusalReason> for Refusals {
    type Output = u64;

    fn index(&self, reason: RefusalReason) -> &u64 {
        &self.counts[reason.place()]
    }
}

impl fmt::Debug for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = self.iter().filter(|(_, count)| *count != 0);
        f.debug_map().entries(counted.map(|(reason, count)| (reason.code(), count))).finish()
    }
}

/// The counters that the task and its behaviours write.
#[derive(Debug, Default)]
pub(super) struct SharedCounters(Mutex<NodeCounters>);

impl SharedCounters {
    pub(super) fn update(&self, change: impl FnOnce(&mut NodeCounters)) {
        change(&mut self.0.lock());
    }

    pub(super) fn refused(&self, reason: RefusalReason) {
        self.update(|counters| counters.refused.counts[reason.place()] += 1);
    }

    pub(super) fn snapshot(&self) -> NodeCounters {
        self.0.lock().clone()
    }
}
