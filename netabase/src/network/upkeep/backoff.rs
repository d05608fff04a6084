//! Remembers which offers failed, and how long they rest before they are made again.
//!
//! Records of one schema fail for one reason, most of the time: they rest together, and one of them is tried for all.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use libp2p::{PeerId, kad::RecordKey};

use crate::network::place::KeyHash;
use crate::record::split_schema;

/// The pause of offers that failed before one is made again; twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(15);

/// The spread of that pause, so that nodes which lost the same peers do not all come back at once.
const JITTER: Duration = Duration::from_secs(15);

/// The shortest pause after an offer that found no peer, once there is one again.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// The number of times the pause is doubled: four to eight hours are the longest.
const MAX_DOUBLINGS: u32 = 10;

/// The most records that rest since one peer refused them; others have them.
const MAX_REFUSED: usize = 1 << 18;

/// The records of a schema that no peer took, or that this peer refused while others took them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::network) struct Lane {
    peer: Option<PeerId>,
    schema: Box<[u8]>,
}

impl Lane {
    fn new(peer: Option<PeerId>, key: &RecordKey) -> Self {
        Self { peer, schema: split_schema(key.as_ref()).0.into() }
    }

    /// Returns the peer that refused the records; `None` if no peer took them.
    pub(in crate::network) fn peer(&self) -> Option<PeerId> {
        self.peer
    }
}

/// Why offers rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There was no peer to be sent them.
    Unreachable,
    /// Peers refused them.
    Refused,
}

/// Offers that failed.
///
/// Of those that no peer took there is one for each own record at most.
pub(super) struct Backoff {
    first_pause: Duration,
    lanes: HashMap<Lane, Resting>,
    /// The records that rest, of all lanes, and those of lanes that a peer has.
    len: usize,
    refused: usize,
}

struct Resting {
    keys: BTreeMap<KeyHash, RecordKey>,
    times: u32,
    failure: Failure,
    last: Instant,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Rests(Instant),
    /// One of the records is offered.
    IsTried,
    /// One was taken, and all are let go, a few at a time.
    IsOver,
}

impl Backoff {
    /// Spreads nodes that begin at the same time: `share` is from 0 to 1.
    pub(super) fn new(share: f64) -> Self {
        let first_pause = FIRST_PAUSE + JITTER.mul_f64(share);
        Self { first_pause, lanes: HashMap::new(), len: 0, refused: 0 }
    }

    /// Returns how many records rest that no peer took.
    pub(super) fn len(&self) -> usize {
        self.len - self.refused
    }

    /// Returns how many records rest that one peer refused, counted once for each such peer.
    pub(super) fn refused(&self) -> usize {
        self.refused
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.lanes.values().any(|lane| match lane.state {
            State::Rests(until) => until <= now,
            State::IsTried => false,
            State::IsOver => true,
        })
    }

    /// Notes that the offer of a record failed, which was not made for a lane.
    pub(super) fn add(
        &mut self,
        peer: Option<PeerId>,
        (hash, key): (KeyHash, &RecordKey),
        failure: Failure,
        now: Instant,
    ) {
        if peer.is_some() && self.refused >= MAX_REFUSED {
            return;
        }
        let first = State::Rests(now + self.first_pause);
        let resting = self.lanes.entry(Lane::new(peer, key)).or_insert_with(|| Resting {
            keys: BTreeMap::new(),
            times: 1,
            failure,
            last: now,
            state: first,
        });
        if resting.state == State::IsOver {
            (resting.times, resting.failure, resting.last, resting.state) =
                (1, failure, now, first);
        }
        if resting.keys.insert(hash, key.clone()).is_none() {
            self.len += 1;
            self.refused += usize::from(peer.is_some());
        }
    }

    /// Takes a record that is to be tried for its lane, whose pause is over.
    pub(super) fn next(&mut self, now: Instant) -> Option<(Lane, KeyHash, RecordKey)> {
        let is_due =
            |resting: &Resting| matches!(resting.state, State::Rests(until) if until <= now);
        let (lane, resting) = self.lanes.iter_mut().find(|(_, resting)| is_due(resting))?;
        resting.state = State::IsTried;
        let (hash, key) = resting.keys.pop_first()?;
        self.len -= 1;
        self.refused -= usize::from(lane.peer.is_some());
        Some((lane.clone(), hash, key))
    }

    /// Notes what became of the record that was tried for a lane: it was taken, or failed again.
    pub(super) fn tried(
        &mut self,
        lane: &Lane,
        (hash, key): (KeyHash, &RecordKey),
        failure: Option<Failure>,
        now: Instant,
    ) {
        let Some(resting) = self.lanes.get_mut(lane) else { return };
        let Some(failure) = failure else {
            resting.state = State::IsOver;
            self.drop_empty(lane);
            return;
        };
        let pause = self.first_pause * (1 << resting.times.min(MAX_DOUBLINGS));
        (resting.times, resting.failure, resting.last) = (resting.times + 1, failure, now);
        resting.state = State::Rests(now + pause);
        if resting.keys.insert(hash, key.clone()).is_none() {
            self.len += 1;
            self.refused += usize::from(lane.peer.is_some());
        }
    }

    /// Notes that there is nothing to be tried for a lane with the record that was taken: it is gone.
    pub(super) fn untried(&mut self, lane: &Lane, now: Instant) {
        if let Some(resting) = self.lanes.get_mut(lane) {
            resting.state = State::Rests(now);
            self.drop_empty(lane);
        }
    }

    fn drop_empty(&mut self, lane: &Lane) {
        if self.lanes.get(lane).is_some_and(|resting| resting.keys.is_empty()) {
            self.lanes.remove(lane);
        }
    }

    /// Takes a record that rests no longer, since another one of its lane was taken.
    pub(super) fn release(&mut self) -> Option<(Lane, KeyHash, RecordKey)> {
        let is_over = |resting: &Resting| resting.state == State::IsOver;
        let (lane, resting) = self.lanes.iter_mut().find(|(_, resting)| is_over(resting))?;
        let (hash, key) = resting.keys.pop_first()?;
        let lane = lane.clone();
        self.len -= 1;
        self.refused -= usize::from(lane.peer.is_some());
        self.drop_empty(&lane);
        Some((lane, hash, key))
    }

    /// Forgets that no peer took a record: it was written anew, or a peer has it.
    pub(super) fn forget(&mut self, hash: &KeyHash, key: &RecordKey) {
        let lane = Lane::new(None, key);
        let Some(resting) = self.lanes.get_mut(&lane) else { return };
        self.len -= usize::from(resting.keys.remove(hash).is_some());
        if resting.state != State::IsTried {
            self.drop_empty(&lane);
        }
    }

    /// Forgets what a peer refused.
    pub(super) fn forget_peer(&mut self, peer: &PeerId) {
        self.lanes.retain(|lane, resting| {
            let is_gone = lane.peer == Some(*peer);
            if is_gone {
                self.len -= resting.keys.len();
                self.refused -= resting.keys.len();
            }
            !is_gone
        });
    }

    /// Shortens the pauses: a peer has come that may take what others did not. A peer that comes and goes has nothing
    /// offered more often than after the first pause; only what found no peer at all is tried soon.
    pub(super) fn shorten(&mut self) {
        for resting in self.lanes.values_mut() {
            let least = match resting.failure {
                Failure::Unreachable => SHORTEST_PAUSE,
                Failure::Refused => self.first_pause,
            };
            if let State::Rests(until) = &mut resting.state {
                *until = (*until).min(resting.last + least);
            }
        }
    }
}
