//! Tells which keys a node hands over to one peer, by the peers around both.

use std::time::{Duration, Instant};

use libp2p::PeerId;

use super::{Around, DELAYS};
use crate::network::{
    place::place_of,
    settings::REPLICATION,
    upkeep::{
        cells::{Neighbours, Ranges, ranges},
        order::{self, Order},
    },
};

/// The time that two newcomers are apart, so that the first holds what it is to hold when the second comes.
const APART: Duration = Duration::from_secs(30);

/// The keys that are looked at, and the peers around them.
pub(super) struct Cells {
    newcomer: Neighbours,
    local: Neighbours,
    /// Of the peers that came before the newcomer, and so hold what they are to hold.
    settled: Neighbours,
    /// Of those that have certainly done what is theirs to do.
    reliable: Neighbours,
    pub(super) are_all_reliable: bool,
    /// `true` if the local peer came before the newcomer.
    is_settled: bool,
    ranges: Ranges,
    range: usize,
    next: order::Item,
}

impl Cells {
    pub(super) fn new(peer: &PeerId, since: Instant, around: &Around) -> Self {
        let mut cells = Self::around(peer, since, around);
        // Of the settled peers fewer are nearer: these ranges hold those of all peers.
        cells.ranges = ranges(&cells.newcomer, &cells.settled, DELAYS.len());
        cells.next = cells.ranges.first().map_or((0, 0), |range| (range.0, 0));
        cells
    }

    pub(super) fn around(peer: &PeerId, since: Instant, around: &Around) -> Self {
        let local = place_of(&around.local);
        let others = || around.peers.iter().filter(|other| other.peer != *peer);
        let is_settled = |came: Instant| came + APART < since;
        let settled = || others().filter(|other| other.came.is_none_or(is_settled));
        let reliable = || settled().filter(|other| other.is_reliable);
        Self {
            newcomer: Neighbours::new(&place_of(peer), others().map(|other| other.place)),
            local: Neighbours::new(&local, others().map(|other| other.place)),
            settled: Neighbours::new(&local, settled().map(|other| other.place)),
            reliable: Neighbours::new(&local, reliable().map(|other| other.place)),
            are_all_reliable: others().count() == reliable().count(),
            is_settled: is_settled(around.since),
            ranges: Ranges::new(),
            range: 0,
            next: (0, 0),
        }
    }

    /// Returns whether the newcomer is to hold a key.
    fn is_its(&self, key: u64) -> bool {
        self.newcomer.nearer(key) < REPLICATION
    }

    /// Returns whether the local peer hands a key over in the pass of a rank: as the nearest at once; later in place of
    /// nearer ones that may have left, or have come themselves just now.
    pub(super) fn is_for(&self, key: u64, pass: usize) -> bool {
        if !self.is_its(key) {
            return false;
        }
        let rank = self.local.nearer(key);
        if pass == 0 {
            return rank == 0;
        }
        let is_next = rank == pass && self.reliable.nearer(key) < rank;
        let is_first_settled = pass == 1 && self.is_settled && rank > 0;
        is_next || (is_first_settled && self.settled.nearer(key) == 0)
    }

    /// Returns whether the local peer may hand a key over in a later pass than this.
    pub(super) fn is_for_later(&self, key: u64, pass: usize) -> bool {
        let rank = self.local.nearer(key);
        self.is_its(key) && rank > pass && (rank < DELAYS.len() || pass == 0)
    }

    pub(super) fn next(&mut self, order: &mut Order) -> Option<order::Item> {
        while let Some((_, to)) = self.ranges.get(self.range) {
            if let Some(item) = order.next(self.next, *to) {
                self.next = match item.1.checked_add(1) {
                    Some(slot) => (item.0, slot),
                    None => (item.0.saturating_add(1), 0),
                };
                return Some(item);
            }
            self.range += 1;
            self.next = self.ranges.get(self.range).map_or((0, 0), |range| (range.0, 0));
        }
        None
    }
}
