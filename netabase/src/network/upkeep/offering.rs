//! Decides which own record is offered next, to which peers, and what follows from their answers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Instant,
};

use libp2p::{PeerId, kad::RecordKey};

use super::{
    backoff::{Backoff, Lane},
    delivery::Delivery,
    nearby::{Nearby, among_closest},
    owed::Owed,
    pace::{Door, Paces},
};
use crate::network::{
    offers::Offers,
    place::{KeyHash, place_of},
};

/// The most walks of the node's own that are under way at a time.
const MAX_WALKS: usize = 8;

/// The most records that are let go at a time after a pause.
const MAX_RELEASED: usize = 64;

/// Goes round the own records that peers are to be sent, in the order of their hashes, so that neighbours come
/// one after the other. Peers are sent them at their own pace: what one cannot be sent now it is owed.
pub(in crate::network) struct Offering {
    offers: Arc<Offers>,
    cursor: Option<KeyHash>,
    pub(super) walks: usize,
    pub(super) owed: Owed,
    pub(super) backoff: Backoff,
    pub(super) nearby: Option<Nearby>,
    /// The peers in the routing table, and their places.
    known: HashMap<PeerId, KeyHash>,
    /// How many peers have come.
    pub(super) arrivals: u64,
    /// Records that are looked for once more, since peers have come after theirs were chosen.
    pub(super) rechecks: BTreeMap<KeyHash, RecordKey>,
}

/// The next thing to do for an own record.
pub(in crate::network) enum Step {
    /// Walks to the peers closest to a key.
    Walk { key: RecordKey, lane: Option<Lane> },
    /// Sends a record to some peers.
    Send(Delivery),
}

/// One moment by both clocks: the machine's, which paces go by, and the store's, which pauses of failed offers go by.
#[derive(Clone, Copy, Debug)]
pub(in crate::network) struct Moments {
    pub(in crate::network) machine: Instant,
    pub(in crate::network) store: Instant,
}

impl Offering {
    pub(in crate::network) fn new(local: PeerId, offers: Arc<Offers>) -> Self {
        let share = f64::from(u32::from(place_of(&local)[0])) / 256.0;
        Self {
            offers,
            cursor: None,
            walks: 0,
            owed: Owed::default(),
            backoff: Backoff::new(share),
            nearby: None,
            known: HashMap::new(),
            arrivals: 0,
            rechecks: BTreeMap::new(),
        }
    }

    /// Returns the keys that wait for their turn.
    pub(in crate::network) fn offers(&self) -> &Offers {
        &self.offers
    }

    /// Notes that a peer has come that may take what reached none.
    pub(in crate::network) fn peer_arrived(&mut self) {
        self.backoff.shorten();
    }

    /// Notes that a peer has come which may be one of the closest.
    pub(in crate::network) fn peer_known(&mut self, peer: PeerId) {
        self.peer_arrived();
        self.known.insert(peer, place_of(&peer));
        self.arrivals += 1;
        self.nearby = None;
    }

    /// Returns how many peers have come.
    pub(in crate::network) fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// Forgets a peer that is gone: others are to hold now what it was owed.
    pub(in crate::network) fn forget_peer(&mut self, peer: &PeerId) {
        self.nearby = None;
        self.known.remove(peer);
        self.backoff.forget_peer(peer);
        for (hash, key) in self.owed.forget(peer) {
            self.offers.insert(hash, key);
        }
    }

    /// Returns how many wait for their turn, for a peer that lacks them, or until a pause is over.
    pub(in crate::network) fn waiting(&self) -> usize {
        self.offers.len() + self.owed.len() + self.backoff.len() + self.rechecks.len()
    }

    /// Returns how many one peer refused and others have, counted once for each such peer.
    pub(in crate::network) fn refused(&self) -> usize {
        self.backoff.refused()
    }

    /// Returns whether a peer is to be sent a record by other ways than a handover.
    pub(in crate::network) fn is_to_be_sent(&self, peer: &PeerId, hash: &KeyHash) -> bool {
        self.offers.contains(hash) || self.owed.contains(peer, hash)
    }

    /// Returns whether there is nothing to offer.
    pub(in crate::network) fn is_idle(&self, now: Moments) -> bool {
        self.offers.len() == 0
            && self.owed.len() == 0
            && self.rechecks.is_empty()
            && !self.backoff.is_due(now.store)
    }

    /// Returns when the first peer may be sent records again, if that is what all wait for.
    pub(in crate::network) fn opens(&self, paces: &Paces, now: Instant) -> Option<Instant> {
        let owed = self.owed.peers().filter_map(|peer| paces.opens(peer, now)).min();
        let is_waiting = self.offers.len() > 0;
        let nearby = self.nearby.as_ref().filter(|_| is_waiting);
        let nearby = nearby.into_iter().flat_map(Nearby::peers);
        owed.into_iter().chain(nearby.filter_map(|peer| paces.opens(peer, now))).min()
    }

    /// Takes the next thing to do.
    pub(in crate::network) fn next(&mut self, paces: &mut Paces, now: Moments) -> Option<Step> {
        self.release();
        let is_open = |peer: &PeerId| paces.door(peer, now.machine) == Door::Open;
        if let Some((hash, key, peers, arrivals)) = self.owed.next(is_open) {
            let mut delivery = Delivery::new(hash, key, None, arrivals);
            self.dispatch(&mut delivery, peers, paces);
            return Some(Step::Send(delivery));
        }
        if self.walks < MAX_WALKS
            && let Some((lane, hash, key)) = self.backoff.next(now.store)
        {
            return Some(self.start((hash, key), Some(lane), paces, now));
        }
        if self.walks < MAX_WALKS
            && let Some((_, key)) = self.rechecks.pop_first()
        {
            self.walks += 1;
            return Some(Step::Walk { key, lane: None });
        }
        self.next_fresh(paces, now)
    }

    /// Lets some of those go that rest no longer.
    fn release(&mut self) {
        for _ in 0..MAX_RELEASED {
            let Some((lane, hash, key)) = self.backoff.release() else { return };
            let is_owed = lane
                .peer()
                .is_some_and(|peer| self.owed.add(peer, (hash, &key), false, self.arrivals));
            if !is_owed {
                self.offers.insert(hash, key);
            }
        }
    }

    /// Takes the next record that was written, unless the peers for it are busy.
    fn next_fresh(&mut self, paces: &mut Paces, now: Moments) -> Option<Step> {
        if self.owed.is_full() {
            return None;
        }
        let hash = self.offers.peek(self.cursor.as_ref()).or_else(|| {
            // At the end the next round begins: some may have come in behind the cursor.
            self.cursor.take().and_then(|_| self.offers.peek(None))
        })?;
        let is_possible = match self.closest_without_walk(&hash, now.machine) {
            Some(peers) => are_free(&peers, paces, now.machine),
            None => self.walks < MAX_WALKS,
        };
        if !is_possible {
            return None;
        }
        self.cursor = Some(hash);
        let key = self.offers.take(&hash)?;
        self.backoff.forget(&hash, &key);
        self.rechecks.remove(&hash);
        Some(self.start((hash, key), None, paces, now))
    }

    fn closest_without_walk(&self, hash: &KeyHash, now: Instant) -> Option<Vec<PeerId>> {
        self.nearby.as_ref()?.of(hash, &self.known, now)
    }

    fn start(
        &mut self,
        (hash, key): (KeyHash, RecordKey),
        lane: Option<Lane>,
        paces: &mut Paces,
        now: Moments,
    ) -> Step {
        if let Some(peer) = lane.as_ref().and_then(Lane::peer) {
            let mut delivery = Delivery::new(hash, key, lane, self.arrivals);
            self.dispatch(&mut delivery, vec![peer], paces);
            return Step::Send(delivery);
        }
        let closest = self.closest_without_walk(&hash, now.machine);
        // What failed is tried with a walk of its own: the peers may have changed.
        match closest.filter(|_| lane.is_none()) {
            Some(closest) => {
                let delivery = Delivery::new(hash, key, lane, self.arrivals);
                Step::Send(self.split(delivery, closest.clone(), &closest, paces, now))
            }
            None => {
                self.walks += 1;
                Step::Walk { key, lane }
            }
        }
    }

    /// Sends a record to those of the closest peers that lack it, as far as they may be sent one now; the others are
    /// owed it.
    pub(in crate::network) fn split(
        &mut self,
        mut delivery: Delivery,
        targets: Vec<PeerId>,
        closest: &[PeerId],
        paces: &mut Paces,
        now: Moments,
    ) -> Delivery {
        let is_urgent = delivery.is_urgent;
        let is_sent = |peer: &PeerId| match paces.door(peer, now.machine) {
            Door::Open => true,
            Door::Full => is_urgent,
            Door::Shut => false,
        };
        let (now_sent, later): (Vec<_>, Vec<_>) = targets.into_iter().partition(is_sent);
        // Walks do not find those that do not answer.
        let silent = among_closest(&delivery.hash, closest, paces.silent());
        for peer in later {
            if self.owe(&mut delivery, peer) {
                delivery.owed.push(peer);
            }
        }
        for peer in silent {
            self.owe(&mut delivery, peer);
        }
        self.dispatch(&mut delivery, now_sent, paces);
        delivery
    }

    pub(super) fn owe(&mut self, delivery: &mut Delivery, peer: PeerId) -> bool {
        let place = (delivery.hash, &delivery.key);
        let is_owed = self.owed.add(peer, place, delivery.is_urgent, delivery.arrivals);
        delivery.is_lost |= !is_owed;
        is_owed
    }

    fn dispatch(&mut self, delivery: &mut Delivery, peers: Vec<PeerId>, paces: &mut Paces) {
        for peer in &peers {
            // It is sent what is stored now, which is all that it lacked.
            self.owed.settle(peer, &delivery.hash);
            paces.sent(*peer);
        }
        delivery.awaited = peers;
    }
}

/// Returns whether enough of some peers may be sent a record now for it to be worth to begin with it. Those that are
/// shut are owed it; those that are busy are waited for, unless they are few.
fn are_free(peers: &[PeerId], paces: &Paces, now: Instant) -> bool {
    let (mut open, mut full) = (0, 0);
    for peer in peers {
        match paces.door(peer, now) {
            Door::Open => open += 1,
            Door::Full => full += 1,
            Door::Shut => {}
        }
    }
    open > 0 && open >= full
}
