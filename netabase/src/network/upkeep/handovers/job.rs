//! Goes through the records that one peer may be to hold.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use libp2p::{PeerId, kad::RecordKey};

use crate::network::{
    place::{KeyHash, head, hash_of, place_of},
    settings::REPLICATION,
    upkeep::{
        cells::{Neighbours, Ranges, ranges},
        order::{self, Order},
    },
};

/// The delays with which the holders of a record, the nearest first, pass it on to a newcomer. The second and third
/// do so only if a nearer one may have left.
const DELAYS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(20), Duration::from_secs(60)];

/// A record that is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::network) enum Item {
    /// One of the held records, by its place and slot.
    Held(order::Item),
    /// One that was written while the peer was away.
    Written(RecordKey),
    /// One that was answered already.
    Answered,
}

impl Item {
    pub(super) fn take_open(&mut self) -> Option<Self> {
        match std::mem::replace(self, Self::Answered) {
            Self::Answered => None,
            item => Some(item),
        }
    }
}

/// A record on its way to a peer.
#[derive(Debug)]
pub(in crate::network) struct Handed {
    pub(in crate::network) peer: PeerId,
    pub(in crate::network) item: Item,
    /// Its key, once the record was found.
    pub(in crate::network) key: Option<RecordKey>,
}

/// What a step has led to.
pub(super) enum Work {
    Send(Item),
    /// The record that was looked at is not for the peer.
    Skip,
    /// Some are under way that may come back.
    Wait,
    Done,
}

/// The peers around, with their places.
pub(super) struct Around {
    /// Those that are there: they take their places among the closest.
    pub(super) present: Vec<(PeerId, KeyHash)>,
    /// Those of them that are no newcomers: they hold what they are to hold.
    pub(super) settled: Vec<KeyHash>,
    /// Those of them that certainly do.
    pub(super) reliable: Vec<KeyHash>,
}

/// The records that one peer may be to hold.
pub(super) struct Job {
    peer: PeerId,
    since: Instant,
    not_before: Instant,
    /// Records that were written while the peer was away, and those that it did not take in time.
    left: VecDeque<Item>,
    under_way: usize,
    /// `true` if nothing is left but what is under way.
    waits: bool,
    pass: Option<Pass>,
    /// The peers around, as they were when the peer came back.
    around: Option<Cells>,
}

/// A walk over all held records, of which those of one rank are handed over.
struct Pass {
    /// The number of holders that are nearer than those that act now.
    rank: usize,
    cells: Option<Cells>,
    /// `true` if some record is for a later rank.
    has_more: bool,
}

/// The keys that are looked at, and the peers around them.
struct Cells {
    newcomer: Neighbours,
    local: Neighbours,
    /// Of the peers that have done what is theirs to do.
    reliable: Neighbours,
    ranges: Ranges,
    range: usize,
    next: order::Item,
}

impl Job {
    pub(super) fn of_newcomer(peer: PeerId, not_before: Instant) -> Self {
        let pass = Some(Pass { rank: 0, cells: None, has_more: false });
        Self {
            peer,
            since: not_before,
            not_before,
            left: VecDeque::new(),
            under_way: 0,
            waits: false,
            pass,
            around: None,
        }
    }

    pub(super) fn of_keys(peer: PeerId, keys: Vec<RecordKey>, now: Instant) -> Self {
        let mut job = Self { pass: None, ..Self::of_newcomer(peer, now) };
        job.add_keys(keys);
        job
    }

    pub(super) fn add_keys(&mut self, keys: Vec<RecordKey>) {
        self.left.extend(keys.into_iter().map(Item::Written));
        (self.around, self.waits) = (None, false);
    }

    /// Returns whether it has looked at nothing yet.
    pub(super) fn is_untouched(&self) -> bool {
        self.pass.as_ref().is_some_and(|pass| pass.rank == 0 && pass.cells.is_none())
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.not_before <= now && !self.waits
    }

    /// Returns from when on the order has to know what is held, if it is needed now.
    pub(super) fn needs_order(&self) -> Option<Instant> {
        (self.left.is_empty() && self.pass.is_some()).then_some(self.since)
    }

    /// Takes the next step.
    pub(super) fn next(
        &mut self,
        order: &mut Order,
        local: PeerId,
        around: &Around,
    ) -> Work {
        match self.step(order, local, around) {
            Work::Done if self.under_way > 0 => {
                self.waits = true;
                Work::Wait
            }
            work => work,
        }
    }

    fn step(&mut self, order: &mut Order, local: PeerId, around: &Around) -> Work {
        if let Some(item) = self.left.pop_front() {
            let is_its = match &item {
                Item::Written(key) => self.is_for_peer(head(&hash_of(key)), local, around),
                _ => true,
            };
            if !is_its {
                return Work::Skip;
            }
            self.under_way += 1;
            return Work::Send(item);
        }
        let peer = self.peer;
        let Some(pass) = &mut self.pass else { return Work::Done };
        let are_all_reliable = around.settled.len() == around.reliable.len();
        if pass.rank > 0 && pass.cells.is_none() && are_all_reliable {
            pass.has_more = true;
            return Work::Done;
        }
        let cells = pass.cells.get_or_insert_with(|| Cells::new(&peer, local, around));
        let Some(item) = cells.next(order) else { return Work::Done };
        let rank = cells.rank(item.0);
        pass.has_more |= rank.is_some_and(|rank| rank > pass.rank);
        // Those that are nearer and reliable have done it.
        let is_its = rank == Some(pass.rank)
            && (pass.rank == 0 || cells.reliable.nearer(item.0) < pass.rank);
        if !is_its {
            return Work::Skip;
        }
        self.under_way += 1;
        Work::Send(Item::Held(item))
    }

    /// Returns whether the peer is to hold a key, and the local peer is the nearest of those that hold it.
    fn is_for_peer(&mut self, key: u64, local: PeerId, around: &Around) -> bool {
        let cells = || Cells::around(&self.peer, local, around);
        self.around.get_or_insert_with(cells).rank(key) == Some(0)
    }

    pub(super) fn ended(&mut self) {
        self.under_way -= 1;
        self.waits = false;
    }

    pub(super) fn put_back(&mut self, item: Item) {
        self.left.push_back(item);
    }

    /// Begins to look for records of the next rank. False if there is nothing left to be done.
    pub(super) fn begin_next_pass(&mut self, now: Instant) -> bool {
        let Some(pass) = self.pass.take().filter(|pass| pass.has_more) else { return false };
        let rank = pass.rank + 1;
        let Some(delay) = DELAYS.get(rank) else { return false };
        self.not_before = now + *delay;
        self.pass = Some(Pass { rank, cells: None, has_more: false });
        true
    }
}

impl Cells {
    fn new(peer: &PeerId, local: PeerId, around: &Around) -> Self {
        let mut cells = Self::around(peer, local, around);
        cells.ranges = ranges(&cells.newcomer, &cells.local, DELAYS.len());
        cells.next = cells.ranges.first().map_or((0, 0), |range| (range.0, 0));
        cells
    }

    fn around(peer: &PeerId, local: PeerId, around: &Around) -> Self {
        let place = place_of(&local);
        let others = around.present.iter().filter(|(other, _)| other != peer);
        Self {
            newcomer: Neighbours::new(&place_of(peer), others.map(|(_, place)| *place)),
            local: Neighbours::new(&place, around.settled.iter().copied()),
            reliable: Neighbours::new(&place, around.reliable.iter().copied()),
            ranges: Ranges::new(),
            range: 0,
            next: (0, 0),
        }
    }

    /// Returns how many holders are nearer to a key than the local peer, if the newcomer should hold it and the local
    /// peer is one of those that may pass it on.
    fn rank(&self, key: u64) -> Option<usize> {
        let is_its = self.newcomer.nearer(key) < REPLICATION;
        let rank = self.local.nearer(key);
        (is_its && rank < DELAYS.len()).then_some(rank)
    }

    fn next(&mut self, order: &mut Order) -> Option<order::Item> {
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
