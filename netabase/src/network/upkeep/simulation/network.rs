//! The network of the simulation: time, links, and what becomes of requests.

use std::{
    collections::{BTreeMap, HashSet},
    time::{Duration, Instant},
};

use libp2p::PeerId;

use super::{node::Node, random::Random, request::Request};
use crate::network::{
    kad_behaviour::Answer,
    place::{distance, hash_of, place_of},
    settings::REPLICATION,
};

const NODES: usize = 30;

/// A step of time.
const TICK: Duration = Duration::from_millis(100);

/// The time in which things go wrong.
const TROUBLE: u32 = 40 * 10;

/// The time in which all is to settle, once nothing is wrong any more: longer than the pause of a failed offer.
const CALM: u32 = 240 * 10;

/// The time that a peer has to answer.
const PATIENCE: Duration = Duration::from_secs(5);

const PING: u32 = 150;

pub(super) struct Network {
    random: Random,
    start: Instant,
    now: Instant,
    pub(super) nodes: Vec<Node>,
    pub(super) index: BTreeMap<PeerId, usize>,
    /// Nodes that are there.
    present: Vec<bool>,
    /// Nodes that are cut off.
    cut: HashSet<usize>,
    /// Pairs whose messages do not arrive.
    stalled: HashSet<(usize, usize)>,
    /// What is under way, by the time of its end.
    under_way: BTreeMap<(Instant, u64), Flight>,
    next_id: u64,
    pub(super) writes: usize,
    keys: u32,
}

/// A request under way from a node.
struct Flight {
    from: usize,
    answers: Vec<(PeerId, Answer)>,
    found: Vec<(PeerId, Option<u32>)>,
    silent: Vec<PeerId>,
    is_whole: bool,
}

/// Returns the peer of a number: any bytes will do, as no identity is needed.
fn peer(number: usize) -> PeerId {
    let mut bytes = [0; 34];
    (bytes[0], bytes[1]) = (0x12, 32);
    bytes[2..10].copy_from_slice(&(number as u64).to_be_bytes());
    PeerId::from_bytes(&bytes).expect("it is a SHA-256 multihash")
}

impl Network {
    pub(super) fn new(seed: u64) -> Self {
        let start = Instant::now();
        let mut random = Random::new(seed);
        let base = usize::try_from(seed).expect("seeds are small") * 1000;
        let nodes: Vec<Node> = (0..NODES)
            .map(|number| {
                let rate = if random.happens(200) { 2.0 } else { 50.0 };
                Node::new(peer(base + number), rate, start)
            })
            .collect();
        let index = nodes.iter().enumerate().map(|(index, node)| (node.peer, index)).collect();
        let mut network = Self {
            random,
            start,
            now: start,
            nodes,
            index,
            // The last ones come later.
            present: (0..NODES).map(|number| number < NODES - 6).collect(),
            cut: HashSet::new(),
            stalled: HashSet::new(),
            under_way: BTreeMap::new(),
            next_id: 0,
            writes: 0,
            keys: 0,
        };
        for index in 0..NODES - 6 {
            network.enter(index);
        }
        network
    }

    /// Lets a node in: it and all that are there know each other.
    fn enter(&mut self, index: usize) {
        self.present[index] = true;
        let peers: Vec<PeerId> = self.nodes.iter().map(|node| node.peer).collect();
        for other in (0..NODES).filter(|other| self.present[*other] && *other != index) {
            self.nodes[other].meet(peers[index], self.now);
            self.nodes[index].meet(peers[other], self.now);
        }
    }

    /// Lets things go wrong for a time.
    pub(super) fn live(&mut self) {
        for _ in 0..TROUBLE {
            self.disturb();
            self.tick();
        }
    }

    /// Mends all that is wrong, and lets time pass.
    pub(super) fn settle(&mut self) {
        self.cut.clear();
        self.stalled.clear();
        for index in 0..NODES {
            if !self.present[index] {
                self.enter(index);
            }
        }
        for _ in 0..CALM {
            self.tick();
            if self.nodes.iter().all(|node| node.waiting() == 0) {
                return;
            }
        }
    }

    fn disturb(&mut self) {
        let node = self.random.below(NODES);
        if self.random.happens(150) && self.present[node] {
            self.write(node);
        }
        if self.random.happens(10) && !self.cut.remove(&node) && self.cut.len() < 4 {
            self.cut.insert(node);
        }
        if self.random.happens(20) {
            let other = self.random.below(NODES);
            let pair = (node.min(other), node.max(other));
            if !self.stalled.remove(&pair) {
                self.stalled.insert(pair);
            }
        }
        if self.random.happens(20) && !self.present[node] {
            self.enter(node);
        }
        if self.random.happens(5) {
            // A store's clock is set forwards, or back.
            let ahead = self.random.below(20);
            self.nodes[node].ahead = Duration::from_secs(ahead as u64);
        }
    }

    /// Writes a new record, one of several, or an old one anew.
    fn write(&mut self, index: usize) {
        let count = if self.random.happens(100) { 30 } else { 1 };
        for _ in 0..count {
            let is_old = self.keys > 0 && self.random.happens(300);
            let own: Vec<Vec<u8>> =
                self.nodes[index].own().into_iter().map(<[u8]>::to_vec).collect();
            let mut own = own;
            own.sort();
            let key = if is_old && !own.is_empty() {
                own[self.random.below(own.len())].clone()
            } else {
                self.keys += 1;
                [b"/netabase/note/w".as_slice(), &self.keys.to_be_bytes()].concat()
            };
            self.writes += 1;
            let version = u32::try_from(self.writes).expect("they are few");
            self.nodes[index].write(&key, version);
        }
    }

    fn can_reach(&self, from: usize, to: usize) -> bool {
        let is_stalled = self.stalled.contains(&(from.min(to), from.max(to)));
        let are_there = self.present[from] && self.present[to];
        are_there && !is_stalled && !self.cut.contains(&from) && !self.cut.contains(&to)
    }

    fn tick(&mut self) {
        self.now += TICK;
        while let Some(entry) = self.under_way.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let ((_, id), flight) = entry.remove_entry();
            self.land(id, flight);
        }
        let tick = u32::try_from((self.now - self.start).as_millis() / 100).expect("it is short");
        for from in 0..NODES {
            if !self.present[from] {
                continue;
            }
            while let Some(request) = self.nodes[from].next(self.now) {
                self.depart(from, request);
            }
            if tick % PING == u32::try_from(from).expect("it is small") {
                self.ping(from);
            }
            self.nodes[from].tidy(self.now);
        }
    }

    fn ping(&mut self, from: usize) {
        for other in self.nodes[from].known.clone() {
            if self.can_reach(from, self.index[&other]) {
                self.nodes[from].hear(other, self.now);
            } else {
                self.nodes[from].miss_ping(other, self.now);
            }
        }
    }

    fn depart(&mut self, from: usize, request: Request) {
        let (targets, key) = request.targets();
        let (answers, found, silent) = (Vec::new(), Vec::new(), Vec::new());
        let mut flight = Flight { from, answers, found, silent, is_whole: true };
        let mut took = Duration::from_millis(10 + self.random.below(200) as u64);
        if let Request::Walk { .. } = request {
            // A walk asks the closest of those that are known, and waits for those that do not answer.
            let hash = hash_of(&key);
            let mut known = self.nodes[from].known.clone();
            known.sort_by_key(|peer| distance(&hash, &place_of(peer)));
            for peer in known.into_iter().take(REPLICATION + 4) {
                let other = self.index[&peer];
                if self.can_reach(from, other) {
                    let held = self.nodes[other].held.get(key.as_ref());
                    flight.found.push((peer, held.map(|held| held.version)));
                } else {
                    flight.silent.push(peer);
                    (flight.is_whole, took) = (false, PATIENCE);
                }
            }
        }
        let version = self.nodes[from].held[key.as_ref()].version;
        for peer in targets {
            let other = self.index[&peer];
            self.nodes[from].sent += 1;
            let answer = if self.can_reach(from, other) {
                self.nodes[other].receive(key.as_ref(), version, self.now)
            } else {
                took = PATIENCE;
                Answer::Silent
            };
            flight.answers.push((peer, answer));
        }
        self.next_id += 1;
        self.nodes[from].requests.insert(self.next_id, request);
        self.under_way.insert((self.now + took, self.next_id), flight);
    }

    fn land(&mut self, id: u64, flight: Flight) {
        let Flight { from, answers, found, silent, is_whole } = flight;
        let (node, now) = (&mut self.nodes[from], self.now);
        let Some(request) = node.requests.remove(&id) else { return };
        for (peer, answer) in &answers {
            if *answer != Answer::Silent {
                node.hear(*peer, now);
            }
        }
        for peer in silent {
            node.miss_ping(peer, now);
        }
        if let Request::Walk { key, lane, arrivals } = request {
            if let Some(delivery) = node.walked(&key, (lane, arrivals), &found, is_whole, now) {
                self.depart_or_end(from, delivery);
            }
        } else {
            node.answered(request, &answers, now);
        }
    }

    fn depart_or_end(&mut self, from: usize, delivery: crate::network::upkeep::Delivery) {
        if delivery.peers().is_empty() {
            self.nodes[from].answered(Request::Offer(delivery), &[], self.now);
        } else {
            self.depart(from, Request::Offer(delivery));
        }
    }
}
