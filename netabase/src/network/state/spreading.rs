//! Sends own and callers' records to the peers that are to hold them, and answers the callers.

use libp2p::{
    PeerId,
    kad::{QueryId, Quorum, Record, RecordKey},
};

use super::{
    NodeState,
    action::{Action, Answer, Request},
    queries::{Query, Requester},
};
use crate::network::{
    command::Reply,
    error::NetworkError,
    events::NodeEvent,
    kad_behaviour,
    place::{KeyHash, hash_of},
    query::{Publish, PublishStep, WalkEnd},
    report::PublishReport,
    upkeep::{Delivery, Lane, Moments, Step},
};

impl NodeState {
    /// Returns this moment by both clocks.
    pub(super) fn moments(&self) -> Moments {
        Moments { machine: self.now, store: self.store.monotonic() }
    }

    /// Offers what waits, as far as peers may be sent it now. `known` counts the peers in the routing table.
    pub(in crate::network) fn offer(&mut self, known: impl FnOnce() -> usize) {
        let now = self.moments();
        // This is asked after every event: the cheapest check comes first.
        if self.offering.is_idle(now) {
            if self.progress.is_shown() && self.queries.offers() == 0 {
                self.show_progress();
            }
            return;
        }
        let known = known();
        if known == 0 {
            return;
        }
        while let Some(step) = self.offering.next(&mut self.paces, now) {
            match step {
                Step::Walk { key, lane } => self.walk_to_offer(&key, lane, known),
                Step::Send(delivery) => self.send_offer(delivery),
            }
        }
    }

    fn walk_to_offer(&mut self, key: &RecordKey, lane: Option<Lane>, known: usize) {
        if let Some(record) = self.store.offered(key) {
            let publish = Publish::new(record, Quorum::One);
            self.start_publish(publish, Requester::Offering(lane), known);
        } else {
            self.offering.walk_ended();
            self.offering.vanished(lane.as_ref(), self.moments());
        }
    }

    fn send_offer(&mut self, delivery: Delivery) {
        if let Some(record) = self.store.offered(&delivery.key) {
            let publish = Publish::new(record, Quorum::One);
            self.send_published(publish, Requester::Offering(delivery.lane().cloned()), delivery);
        } else {
            let now = self.moments();
            self.offering.withdraw(&delivery, &mut self.paces, now);
        }
    }

    /// Sends a record to the closest peers that lack it, once a walk has found them.
    pub(super) fn publish_walked(
        &mut self,
        mut publish: Publish,
        requester: Requester,
        end: &WalkEnd,
    ) {
        let (step, closest) = publish.walked(end);
        let key = publish.record().key.clone();
        let (hash, now) = (hash_of(&key), self.moments());
        if let Requester::Offering(_) = requester {
            self.offering.walk_ended();
            if end.timed_out.is_none() {
                // Those that are known not to answer are thought of besides.
                let silent = end.asked - end.answered.min(end.asked);
                let is_whole = end.asked > 0 && silent <= self.paces.silent_count();
                self.offering.walked(hash, &closest, is_whole, now.machine);
            }
        }
        let targets = match step {
            PublishStep::Send(targets) => targets,
            PublishStep::Outdated(winner) => {
                self.on_outdated(hash, winner, requester);
                return;
            }
        };
        let arrivals = publish.arrivals();
        let delivery = match &requester {
            Requester::Caller(_) => Delivery::new(hash, key, None, arrivals).urgent(),
            Requester::Offering(lane) => Delivery::new(hash, key, lane.clone(), arrivals),
        };
        let delivery = delivery.held_by(publish.verified());
        let delivery = self.offering.split(delivery, targets, &closest, &mut self.paces, now);
        self.send_published(publish, requester, delivery);
    }

    /// Stores what beats a record of this peer's own: else the next attempt would be beaten again.
    fn on_outdated(&mut self, hash: KeyHash, winner: Box<Record>, requester: Requester) {
        if let Err(error) = self.store.put_validated(&winner) {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::debug!(key = ?winner.key, error, "could not adopt a newer record");
        }
        // A newer value at others is no reason to offer this one for ever.
        let lane = match &requester {
            Requester::Offering(lane) => lane.as_ref(),
            Requester::Caller(_) => None,
        };
        let now = self.moments();
        self.offering.settled((hash, &winner.key), lane, now);
        match requester {
            Requester::Caller(reply) => {
                let outdated = Err(NetworkError::Outdated { winner });
                self.act(Action::Answer(Answer::Published(reply, outdated)));
            }
            Requester::Offering(_) => {
                self.act(Action::Emit(NodeEvent::OfferOutdated { key: winner.key }));
            }
        }
    }

    fn send_published(&mut self, publish: Publish, requester: Requester, delivery: Delivery) {
        if delivery.peers().is_empty() {
            self.on_delivered(publish, requester, delivery);
            return;
        }
        let (record, peers) = (publish.record().clone(), delivery.peers().to_vec());
        let request = Request::Put { record, peers, quorum: Quorum::All };
        self.start(request, Query::PublishSend(publish, requester, delivery));
    }

    /// Takes in a peer's answer to a query, or that there is none. `is_known` tells whether the peer is in the routing
    /// table.
    pub(in crate::network) fn on_answered(
        &mut self,
        id: QueryId,
        peer: PeerId,
        answer: kad_behaviour::Answer,
        is_known: bool,
    ) {
        let (now, is_taken) = (self.now, answer == kad_behaviour::Answer::Took);
        let Self { offering, paces, handovers, .. } = self;
        let mut taken = None;
        let is_silent = match self.queries.get_mut(id) {
            Some(Query::PublishSend(publish, _, delivery)) => {
                if is_taken && delivery.peers().contains(&peer) {
                    taken = Some((*delivery.hash(), publish.record().clone()));
                }
                offering.answered(delivery, peer, answer, is_known, paces, now)
            }
            Some(Query::Handover(handed)) => {
                handovers.answered(handed, answer, is_known, paces, now)
            }
            Some(_) if answer == kad_behaviour::Answer::Silent => paces.missed(peer, is_known, now),
            _ => false,
        };
        if is_silent {
            self.on_silent(peer);
        }
        if let Some((hash, record)) = taken {
            self.patience_rewarded(&hash, &record);
        }
    }

    /// Takes in the end of a delivery, all of whose peers have answered or will not.
    pub(super) fn on_delivered(
        &mut self,
        mut publish: Publish,
        requester: Requester,
        mut delivery: Delivery,
    ) {
        let now = self.moments();
        for peer in delivery.peers().to_vec() {
            let is_known = self.peers.is_identified(&peer);
            let silent = kad_behaviour::Answer::Silent;
            let Self { offering, paces, .. } = self;
            if offering.answered(&mut delivery, peer, silent, is_known, paces, now.machine) {
                self.on_silent(peer);
            }
        }
        let key = delivery.key.clone();
        let hash = *delivery.hash();
        let delivered = self.offering.ended(delivery, now);
        if delivered.holders > 0 {
            self.progress.sent();
        }
        publish.sent(delivered.holders - publish.verified());
        match requester {
            Requester::Caller(reply) => match publish.result() {
                Err(NetworkError::QuorumMissed { .. }) if delivered.is_behind => {
                    self.start_publish(publish.again(), Requester::Caller(reply), 1);
                }
                Err(NetworkError::QuorumMissed { .. }) if delivered.owed > 0 => {
                    self.wait_patiently(hash, publish, reply);
                }
                result => self.answer_publish(publish.record(), reply, result),
            },
            Requester::Offering(_) => {
                let peers = delivered.holders;
                if peers > 0 || delivered.owed == 0 {
                    self.act(Action::Emit(NodeEvent::Offered { key, peers }));
                }
            }
        }
    }

    /// Answers a caller that has published a record.
    pub(super) fn answer_publish(
        &mut self,
        record: &Record,
        reply: Reply<PublishReport>,
        result: Result<PublishReport, NetworkError>,
    ) {
        match &result {
            // What callers wait for is offered once more at once, whatever becomes of it later. So is what was published
            // where there is nobody.
            Err(_) => self.offering.offer_anew(&self.store, &record.key),
            Ok(report) if report.holders() == 0 => {
                self.offering.offer_anew(&self.store, &record.key);
            }
            Ok(_) => self.offering.offers().settle(&self.store, record),
        }
        self.act(Action::Answer(Answer::Published(reply, result)));
    }
}
