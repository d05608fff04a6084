//! Does what no event asks for: renewals, offers, handovers, and the search for a connection.

use std::time::Instant;

use libp2p::{
    PeerId,
    kad::{KBucketKey, Quorum},
};

use super::{
    NodeState,
    action::{Action, Request},
    queries::{Query, Requester},
};
use crate::network::{offers::Offers, query::Publish};

/// The most leases of a schema that are renewed at a time.
const MAX_RENEWALS: usize = 64;

/// The most held records that are looked at for a newcomer before the node turns to something else.
const MAX_INSPECTED: usize = 64;

impl NodeState {
    /// Returns the keys that wait to be offered.
    pub(in crate::network) fn offers(&self) -> &Offers {
        self.offering.offers()
    }

    /// Returns how many own records peers are yet to be sent.
    pub(in crate::network) fn offers_waiting(&self) -> usize {
        self.offering.waiting()
    }

    /// Returns how many new peers held records are yet to be looked through for.
    pub(in crate::network) fn handovers_waiting(&self) -> usize {
        self.handovers.len()
    }

    /// Ends walks before kad gives up on them, and with them on all answers: silent peers hold each walk up for
    /// seconds.
    pub(in crate::network) fn end_long_walks(&mut self) {
        let now = self.store.monotonic();
        for (id, query) in self.queries.iter_mut() {
            if query.walk().is_some_and(|walk| walk.cut_short(now)) {
                self.actions.push_back(Action::Finish(id));
            }
        }
    }

    /// Renews leases that are due, and returns how many. The store notes the records as ones to be offered.
    pub(in crate::network) fn renew(&mut self) -> usize {
        let mut count = 0;
        for schema in self.store.shared_schemas() {
            for renewed in self.store.renew_due(schema, MAX_RENEWALS) {
                match renewed {
                    Ok(_) => count += 1,
                    Err(error) => {
                        let error: &(dyn std::error::Error + 'static) = &error;
                        tracing::warn!(error, "could not renew a lease");
                    }
                }
            }
        }
        count
    }

    /// Tries the bootstrap addresses while no peer is connected. A known peer would not do: it may have left, and
    /// kad never forgets the last address of a peer.
    pub(in crate::network) fn dial_bootstrap(&mut self, now: Instant) {
        if self.peers.is_empty() {
            let due = self.bootstrap.due(now).to_vec();
            if !due.is_empty() {
                self.act(Action::DialBootstrap(due));
            }
        }
    }

    /// Offers what waits, as far as it may be under way at a time. `known` counts the peers in the routing table.
    pub(in crate::network) fn offer(&mut self, known: impl FnOnce() -> usize) {
        // This is asked after every event: the cheapest check comes first.
        if self.offering.is_idle(&self.store) {
            return;
        }
        let known = known();
        if known == 0 {
            return;
        }
        while let Some((record, nearby)) = self.offering.next(&self.store, self.store.monotonic()) {
            if let Some(closest) = nearby {
                let publish = Publish::to(record, closest.len());
                self.send_published(publish, Requester::Offering, closest);
            } else {
                let publish = Publish::new(record, Quorum::One);
                self.start_publish(publish, Requester::Offering, known);
            }
        }
    }

    /// Returns whether held records are to be looked through for a newcomer now.
    pub(in crate::network) fn is_handover_due(&self, now: Instant) -> bool {
        self.handovers.is_due(now)
    }

    /// Looks through some of the held records for those that a newcomer is to hold. `closest` lists the known peers
    /// by their distance from a key.
    pub(in crate::network) fn hand_over(
        &mut self,
        now: Instant,
        mut closest: impl FnMut(&KBucketKey<Vec<u8>>) -> Vec<PeerId>,
    ) {
        for _ in 0..MAX_INSPECTED {
            if !self.handovers.is_due(now) {
                return;
            }
            let Self { peers, store, handovers, .. } = self;
            let moment = store.monotonic();
            let present = |key: &_| {
                let mut closest = closest(key);
                closest.retain(|peer| peers.is_present(peer, moment));
                closest
            };
            if let Some((record, peer)) = handovers.inspect(store, now, present) {
                let key = record.key.clone();
                let request = Request::Put { record, peers: vec![peer], quorum: Quorum::One };
                self.start(request, Query::Handover { key, peer });
            }
        }
    }
}
