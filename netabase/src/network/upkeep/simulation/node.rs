//! A node of the simulation: what it holds, and what it decides.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use libp2p::{PeerId, kad::RecordKey};

use super::request::Request;
use crate::network::{
    kad_behaviour::Answer,
    offers::Offers,
    place::{KeyHash, distance, hash_of, head, place_of},
    refusal::{Reason, Refusal},
    settings::REPLICATION,
    upkeep::{Delivery, Handed, Handovers, Item, Lane, Moments, Offering, Paces, Presence, Step},
    written::Written,
};

/// A record: its version and whether it is the node's own. The version is the only value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) version: u32,
    pub(super) is_own: bool,
}

pub(super) struct Node {
    pub(super) peer: PeerId,
    place: KeyHash,
    pub(super) held: BTreeMap<Vec<u8>, Held>,
    slots: Vec<Vec<u8>>,
    offers: Arc<Offers>,
    offering: Offering,
    handovers: Handovers,
    paces: Paces,
    written: Written,
    /// The peers that are known, and those of them that do not answer, since when.
    pub(super) known: Vec<PeerId>,
    away: HashMap<PeerId, Instant>,
    missed: HashMap<PeerId, Instant>,
    pub(super) requests: HashMap<u64, Request>,
    /// What it may take: so many more now, of so many.
    tokens: f64,
    rate: f64,
    filled: Instant,
    /// Its own clock is ahead of the others by so much.
    pub(super) ahead: Duration,
    pub(super) sent: usize,
    pub(super) refused: usize,
}

const BURST: f64 = 20.0;

impl Node {
    pub(super) fn new(peer: PeerId, rate: f64, now: Instant) -> Self {
        let offers = Arc::new(Offers::default());
        offers.begin();
        Self {
            peer,
            place: place_of(&peer),
            held: BTreeMap::new(),
            slots: Vec::new(),
            offering: Offering::new(peer, Arc::clone(&offers)),
            offers,
            handovers: Handovers::new(peer, now),
            paces: Paces::default(),
            written: Written::default(),
            known: Vec::new(),
            away: HashMap::new(),
            missed: HashMap::new(),
            requests: HashMap::new(),
            tokens: BURST,
            rate,
            filled: now,
            ahead: Duration::ZERO,
            sent: 0,
            refused: 0,
        }
    }

    pub(super) fn place(&self) -> &KeyHash {
        &self.place
    }

    fn moments(&self, now: Instant) -> Moments {
        Moments { machine: now, store: now + self.ahead }
    }

    /// Writes an own record.
    pub(super) fn write(&mut self, key: &[u8], version: u32) {
        self.store(key, version, true);
        let key = RecordKey::new(&key);
        self.offers.insert(hash_of(&key), key);
    }

    fn store(&mut self, key: &[u8], version: u32, is_own: bool) {
        let slots = &mut self.slots;
        let held = self.held.entry(key.to_vec()).or_insert_with(|| {
            slots.push(key.to_vec());
            Held { version, is_own }
        });
        (held.version, held.is_own) = (version, held.is_own || is_own);
    }

    /// Takes a record that a peer sends, or refuses it.
    pub(super) fn receive(&mut self, key: &[u8], version: u32, now: Instant) -> Answer {
        let refuse = |reason, retry_after| Answer::Refused(Refusal { reason, retry_after });
        match self.held.get(key).map(|held| held.version.cmp(&version)) {
            Some(std::cmp::Ordering::Greater) => return refuse(Reason::Outdated, None),
            Some(std::cmp::Ordering::Equal) => return Answer::Took,
            _ => {}
        }
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(BURST);
        self.filled = now;
        if self.tokens < 1.0 {
            self.refused += 1;
            return refuse(Reason::Rate, Some(Duration::from_secs(1)));
        }
        self.tokens -= 1.0;
        self.store(key, version, false);
        self.written.note(&RecordKey::new(&key), now);
        Answer::Took
    }

    /// Takes a peer into the routing table.
    pub(super) fn meet(&mut self, peer: PeerId, now: Instant) {
        if peer != self.peer && !self.known.contains(&peer) {
            self.known.push(peer);
            self.handovers.add(peer, now);
            self.offering.peer_known(peer);
        }
    }

    /// Notes a sign of life.
    pub(super) fn hear(&mut self, peer: PeerId, now: Instant) {
        self.paces.heard(&peer);
        self.handovers.came_back(peer, now);
        let Some(since) = self.away.remove(&peer) else { return };
        self.offering.peer_arrived();
        match self.written.since(since) {
            Some(keys) => self.handovers.add_returned(peer, keys, now),
            None => self.handovers.add(peer, now),
        }
    }

    fn miss(&mut self, peer: PeerId, now: Instant) {
        let since = now.checked_sub(Duration::from_secs(60)).unwrap_or(now);
        self.away.entry(peer).or_insert(since);
        self.missed.insert(peer, now);
    }

    /// Notes that a peer did not answer a ping.
    pub(super) fn miss_ping(&mut self, peer: PeerId, now: Instant) {
        if self.paces.missed(peer, true, now) {
            self.miss(peer, now);
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.offering.waiting() + self.requests.len() + self.handovers.len()
    }

    /// Returns the next thing that it does.
    pub(super) fn next(&mut self, now: Instant) -> Option<Request> {
        let moments = self.moments(now);
        if !self.known.is_empty()
            && let Some(step) = self.offering.next(&mut self.paces, moments)
        {
            return Some(match step {
                Step::Walk { key, lane } => {
                    Request::Walk { key, lane, arrivals: self.offering.arrivals() }
                }
                Step::Send(delivery) => Request::Offer(delivery),
            });
        }
        self.next_handover(now).map(Request::Handover)
    }

    fn next_handover(&mut self, now: Instant) -> Option<Handed> {
        if !self.handovers.is_due(&self.paces, now) {
            return None;
        }
        let present: Vec<PeerId> =
            self.known.iter().copied().filter(|peer| !self.away.contains_key(peer)).collect();
        let is_reliable = |peer: &&PeerId| {
            self.missed.get(*peer).is_none_or(|missed| now > *missed + Duration::from_secs(600))
        };
        let reliable: Vec<PeerId> = present.iter().filter(is_reliable).copied().collect();
        let presence = Presence { present: &present, reliable: &reliable };
        while self.handovers.is_due(&self.paces, now) {
            let slots = &self.slots;
            let mut places = |from: u32, max: usize, show: &mut dyn FnMut((u64, u32))| {
                let from = from as usize;
                let to = slots.len().min(from + max);
                for slot in from..to {
                    let hash = hash_of(&RecordKey::new(&slots[slot]));
                    show((head(&hash), u32::try_from(slot).expect("they are few")));
                }
                (to < slots.len()).then(|| u32::try_from(to).expect("they are few"))
            };
            let handed = self.handovers.next(&presence, &mut self.paces, &mut places, now);
            let Some(mut handed) = handed else { continue };
            let key = match &handed.item {
                Item::Held((_, slot)) => RecordKey::new(&self.slots[*slot as usize]),
                Item::Written(key) => key.clone(),
                Item::Answered => unreachable!("it is not sent yet"),
            };
            let is_own = self.held.get(key.as_ref()).is_some_and(|held| held.is_own);
            if is_own && self.offering.is_to_be_sent(&handed.peer, &hash_of(&key)) {
                self.handovers.skipped(&handed, &mut self.paces);
                continue;
            }
            handed.key = Some(key);
            return Some(handed);
        }
        None
    }

    /// Takes in the end of a walk, which has found these peers, and who has which version.
    pub(super) fn walked(
        &mut self,
        key: &RecordKey,
        (lane, arrivals): (Option<Lane>, u64),
        found: &[(PeerId, Option<u32>)],
        is_whole: bool,
        now: Instant,
    ) -> Option<Delivery> {
        let (hash, moments) = (hash_of(key), self.moments(now));
        self.offering.walk_ended();
        let mut closest: Vec<PeerId> = found.iter().map(|(peer, _)| *peer).collect();
        closest.sort_by_key(|peer| distance(&hash, &place_of(peer)));
        closest.truncate(REPLICATION);
        self.offering.walked(hash, &closest, is_whole, now);
        let own = self.held[key.as_ref()].version;
        let lacks = |peer: &PeerId| !found.contains(&(*peer, Some(own)));
        let targets: Vec<PeerId> = closest.iter().copied().filter(lacks).collect();
        let verified = closest.len() - targets.len();
        let delivery = Delivery::new(hash, key.clone(), lane, arrivals).held_by(verified);
        Some(self.offering.split(delivery, targets, &closest, &mut self.paces, moments))
    }

    /// Takes in the answers to a record, one by one, and its end.
    pub(super) fn answered(
        &mut self,
        request: Request,
        answers: &[(PeerId, Answer)],
        now: Instant,
    ) {
        match request {
            Request::Offer(mut delivery) => {
                for (peer, answer) in answers {
                    let Self { offering, paces, .. } = self;
                    if offering.answered(&mut delivery, *peer, *answer, true, paces, now) {
                        self.miss(*peer, now);
                    }
                }
                let moments = self.moments(now);
                self.offering.ended(delivery, moments);
            }
            Request::Handover(mut handed) => {
                for (peer, answer) in answers {
                    let Self { handovers, paces, .. } = self;
                    if handovers.answered(&mut handed, *answer, true, paces, now) {
                        self.miss(*peer, now);
                    }
                }
            }
            Request::Walk { .. } => {}
        }
    }

    pub(super) fn tidy(&mut self, now: Instant) {
        self.paces.tidy(now);
    }

    /// Returns the own keys that it has written.
    pub(super) fn own(&self) -> HashSet<&[u8]> {
        self.held.iter().filter(|(_, held)| held.is_own).map(|(key, _)| key.as_slice()).collect()
    }
}
