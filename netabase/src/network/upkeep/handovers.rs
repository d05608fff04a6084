//! Decides which held records a newcomer is handed, or a peer that was away, and when.

mod job;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Bound,
    time::{Duration, Instant},
};

use libp2p::{PeerId, kad::RecordKey};

use self::job::{Around, Job, Neighbour, Work};
pub(in crate::network) use self::job::{Handed, Item};
use super::{
    order::{Order, Places},
    pace::{Door, Paces},
};
use crate::network::{
    kad_behaviour::Answer,
    place::place_of,
    refusal::{Reason, Refusal},
};

/// The most new peers that are looked after at a time; for more that come at once, authors renew their records.
const MAX_JOBS: usize = 1024;

/// The shortest time between two handovers to the same peer, twice as long each time.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// The time after which a peer that came and went is as good as new.
const COOL: Duration = Duration::from_secs(60 * 60);

const MAX_DOUBLINGS: u32 = 8;

/// The most records that are looked at before the node turns to something else.
const MAX_INSPECTED: usize = 64;

/// New peers, and peers that were away. All get their turns, one record each time, as fast as each takes them.
pub(in crate::network) struct Handovers {
    local: PeerId,
    /// The time since which this node may have been handed records itself.
    since: Instant,
    jobs: BTreeMap<PeerId, Job>,
    /// The peer that was handed a record last.
    cursor: Option<PeerId>,
    /// Newcomers that left before they had all: they are looked after when they come back.
    unfinished: HashSet<PeerId>,
    /// The peers of the last handovers.
    lately: HashMap<PeerId, Lately>,
    order: Order,
}

struct Lately {
    /// The time when it came.
    came: Instant,
    /// The earliest time of the next.
    again: Instant,
    times: u32,
}

/// The peers that count as holders.
pub(in crate::network) struct Presence<'a> {
    /// Those that are there, as far as is known.
    pub(in crate::network) present: &'a [PeerId],
    /// Those of them that are connected now, and were all the time.
    pub(in crate::network) reliable: &'a [PeerId],
}

impl Handovers {
    pub(in crate::network) fn new(local: PeerId, now: Instant) -> Self {
        Self {
            local,
            since: now,
            jobs: BTreeMap::new(),
            cursor: None,
            unfinished: HashSet::new(),
            lately: HashMap::new(),
            order: Order::default(),
        }
    }

    pub(in crate::network) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Adds a peer that came into the routing table, or was started again.
    pub(in crate::network) fn add(&mut self, peer: PeerId, now: Instant) {
        if self.jobs.get(&peer).is_some_and(Job::is_untouched) || !self.has_room(&peer) {
            return;
        }
        // Rate-limits flapping peers.
        self.lately.retain(|_, lately| lately.again + COOL > now);
        let (again, times) = self.lately.get(&peer).map_or((now, 0), |it| (it.again, it.times));
        let not_before = again.max(now);
        if self.lately.len() < MAX_JOBS {
            let pause = COOL_DOWN * (1 << times.min(MAX_DOUBLINGS));
            let lately = Lately { came: now, again: not_before + pause, times: times + 1 };
            self.lately.insert(peer, lately);
        }
        self.jobs.insert(peer, Job::of_newcomer(peer, not_before));
    }

    /// Adds a peer that was away while these keys were written.
    pub(in crate::network) fn add_returned(
        &mut self,
        peer: PeerId,
        keys: Vec<RecordKey>,
        now: Instant,
    ) {
        if let Some(job) = self.jobs.get_mut(&peer) {
            job.add_keys(keys);
        } else if !keys.is_empty() && self.has_room(&peer) {
            self.jobs.insert(peer, Job::of_keys(peer, keys, now));
        }
    }

    fn has_room(&self, peer: &PeerId) -> bool {
        self.jobs.len() < MAX_JOBS || self.jobs.contains_key(peer)
    }

    /// Notes that a peer is there: one that left before it had all is a newcomer again.
    pub(in crate::network) fn came_back(&mut self, peer: PeerId, now: Instant) {
        if self.unfinished.remove(&peer) {
            self.add(peer, now);
        }
    }

    /// Removes a peer that left the routing table.
    pub(in crate::network) fn remove(&mut self, peer: &PeerId) {
        self.unfinished.remove(peer);
        self.jobs.remove(peer);
        self.tidy();
    }

    /// Returns whether there is a record to be looked at now.
    pub(in crate::network) fn is_due(&self, paces: &Paces, now: Instant) -> bool {
        self.jobs.iter().any(|(peer, job)| self.is_job_due(peer, job, paces, now))
    }

    fn is_job_due(&self, peer: &PeerId, job: &Job, paces: &Paces, now: Instant) -> bool {
        let needs_order = job.needs_order().is_some_and(|since| !self.order.is_good(since));
        job.is_due(now)
            && paces.door(peer, now) == Door::Open
            && (!needs_order || self.order.can_be_made(now))
    }

    /// Returns when the first peer may be handed more, if that is what all wait for.
    pub(in crate::network) fn opens(&self, paces: &Paces, now: Instant) -> Option<Instant> {
        self.jobs.keys().filter_map(|peer| paces.opens(peer, now)).min()
    }

    /// Looks for the next record that is to be handed over. `presence` tells which peers are there.
    pub(in crate::network) fn next(
        &mut self,
        presence: &Presence<'_>,
        paces: &mut Paces,
        places: Places<'_>,
        now: Instant,
    ) -> Option<Handed> {
        let around = self.around(presence);
        for _ in 0..MAX_INSPECTED {
            let peer = self.next_peer(paces, now)?;
            let job = self.jobs.get_mut(&peer)?;
            if job.needs_order().is_some_and(|since| !self.order.is_good(since)) {
                self.order.make(now, places);
                return None;
            }
            self.cursor = Some(peer);
            // One that has left is not dialled for it.
            if !presence.present.contains(&peer) {
                self.remove(&peer);
                if self.unfinished.len() < MAX_JOBS {
                    self.unfinished.insert(peer);
                }
                continue;
            }
            match job.next(&mut self.order, &around) {
                Work::Send(item) => {
                    paces.sent(peer);
                    return Some(Handed { peer, item, key: None });
                }
                Work::Skip | Work::Wait => {}
                Work::Done => {
                    if !job.begin_next_pass(now) {
                        self.remove(&peer);
                    }
                }
            }
        }
        None
    }

    fn around(&self, presence: &Presence<'_>) -> Around {
        let neighbour = |peer: &PeerId| Neighbour {
            peer: *peer,
            place: place_of(peer),
            came: self.lately.get(peer).map(|lately| lately.came),
            is_reliable: presence.reliable.contains(peer),
        };
        let peers = presence.present.iter().map(neighbour).collect();
        Around { peers, local: self.local, since: self.since }
    }

    fn next_peer(&self, paces: &Paces, now: Instant) -> Option<PeerId> {
        let behind = self.cursor.map_or(Bound::Unbounded, Bound::Excluded);
        let after = self.jobs.range((behind, Bound::Unbounded));
        let mut all = after.chain(self.jobs.iter());
        all.find(|(peer, job)| self.is_job_due(peer, job, paces, now)).map(|(peer, _)| *peer)
    }

    /// Notes that there is no such record to be sent, or that the peer is sent it otherwise.
    pub(in crate::network) fn skipped(&mut self, handed: &Handed, paces: &mut Paces) {
        paces.ended(&handed.peer);
        if let Some(job) = self.jobs.get_mut(&handed.peer) {
            job.ended();
        }
    }

    /// Takes in a peer's answer. Returns whether it has fallen silent.
    pub(in crate::network) fn answered(
        &mut self,
        handed: &mut Handed,
        answer: Answer,
        is_known: bool,
        paces: &mut Paces,
        now: Instant,
    ) -> bool {
        let peer = handed.peer;
        let Some(item) = handed.item.take_open() else { return false };
        paces.ended(&peer);
        let job = self.jobs.get_mut(&peer);
        if let Some(job) = job {
            let is_again = matches!(
                answer,
                Answer::Silent | Answer::Refused(Refusal { reason: Reason::Rate, .. })
            );
            job.ended();
            if is_again {
                job.put_back(item);
            }
        }
        match answer {
            Answer::Took => paces.took(&peer),
            Answer::Refused(Refusal { reason: Reason::Rate, retry_after }) => {
                paces.refused(peer, retry_after, now);
            }
            Answer::Refused(_) => drop(paces.heard(&peer)),
            Answer::Silent => return paces.missed(peer, is_known, now),
        }
        false
    }

    fn tidy(&mut self) {
        if self.jobs.is_empty() {
            self.order.clear();
        }
    }
}
