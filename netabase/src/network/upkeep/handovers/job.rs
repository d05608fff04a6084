//! Goes through the records that one peer may be to hold.

mod cells;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use libp2p::{PeerId, kad::RecordKey};

use self::cells::Cells;
use crate::network::{
    place::{KeyHash, hash_of, head},
    upkeep::order::{self, Order},
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

/// The peers around.
pub(super) struct Around {
    pub(super) peers: Vec<Neighbour>,
    pub(super) local: PeerId,
    /// The time when the local peer came.
    pub(super) since: Instant,
}

/// A peer that is there.
pub(super) struct Neighbour {
    pub(super) peer: PeerId,
    pub(super) place: KeyHash,
    /// The time when it came, if that was lately.
    pub(super) came: Option<Instant>,
    /// `true` if it was there all the time.
    pub(super) is_reliable: bool,
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
    pub(super) fn next(&mut self, order: &mut Order, around: &Around) -> Work {
        match self.step(order, around) {
            Work::Done if self.under_way > 0 => {
                self.waits = true;
                Work::Wait
            }
            work => work,
        }
    }

    fn step(&mut self, order: &mut Order, around: &Around) -> Work {
        if let Some(item) = self.left.pop_front() {
            let is_its = match &item {
                Item::Written(key) => self.is_for_peer(head(&hash_of(key)), around),
                _ => true,
            };
            if !is_its {
                return Work::Skip;
            }
            self.under_way += 1;
            return Work::Send(item);
        }
        let (peer, since) = (self.peer, self.since);
        let Some(pass) = &mut self.pass else { return Work::Done };
        let cells = match &mut pass.cells {
            Some(cells) => cells,
            empty => {
                let cells = Cells::new(&peer, since, around);
                if pass.rank > 0 && cells.are_all_reliable {
                    pass.has_more = true;
                    return Work::Done;
                }
                empty.insert(cells)
            }
        };
        let Some(item) = cells.next(order) else { return Work::Done };
        pass.has_more |= cells.is_for_later(item.0, pass.rank);
        if !cells.is_for(item.0, pass.rank) {
            return Work::Skip;
        }
        self.under_way += 1;
        Work::Send(Item::Held(item))
    }

    /// Returns whether the peer is to hold a key, and the local peer is the nearest of those that hold it.
    fn is_for_peer(&mut self, key: u64, around: &Around) -> bool {
        let (peer, since) = (self.peer, self.since);
        let cells = || Cells::around(&peer, since, around);
        self.around.get_or_insert_with(cells).is_for(key, 0)
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
