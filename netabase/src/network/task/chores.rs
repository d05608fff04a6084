//! Does what no event tells: renewals, offers, handovers, counters.

use std::time::Instant;

use libp2p::{
    PeerId, Swarm,
    kad::{KBucketKey, Quorum},
};

use super::{
    Task,
    queries::{Asker, Query},
};
use crate::network::{behaviour::Behaviour, query::Publish};

/// How many leases of a schema are renewed at a time.
const MAX_RENEWALS: usize = 64;

/// How many held records are looked at for a newcomer before the node turns to something else.
const MAX_INSPECTED: usize = 64;

impl Task {
    /// What no event tells.
    pub(super) fn on_housekeeping(&mut self) {
        self.store.maintain_store();
        self.end_long_walks();
        self.renew();
        self.keep_in_touch();
        self.update_mode();
        self.update_counters();
    }

    /// Ends walks before kad gives up on them, and with them on all who have answered: peers that are silent hold
    /// each walk up for seconds.
    fn end_long_walks(&mut self) {
        let now = self.store.monotonic();
        let Self { swarm, queries, .. } = self;
        for (id, query) in queries {
            if query.walk().is_some_and(|walk| walk.cut_short(now))
                && let Some(mut running) = swarm.behaviour_mut().kad.kad.query_mut(id)
            {
                running.finish();
            }
        }
    }

    /// Renewed records are noted by the store as ones to be offered.
    fn renew(&mut self) {
        for schema in self.store.shared_schemas() {
            let renewed = self.store.renew_due(schema, MAX_RENEWALS);
            let count = renewed.iter().filter(|record| record.is_ok()).count();
            self.ends.tally.update(|counters| counters.renewals += count as u64);
            for error in renewed.into_iter().filter_map(Result::err) {
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(error, "could not renew a lease");
            }
        }
    }

    /// Begins to offer what waits for it, as far as it may be under way at a time.
    pub(super) fn offer(&mut self) {
        // Asked after every event: first what costs least.
        if self.offering.is_idle(&self.store) || self.known_peers() == 0 {
            return;
        }
        while let Some((record, nearby)) = self.offering.next(&self.store, self.store.monotonic()) {
            match nearby {
                Some(closest) => {
                    let publish = Publish::to(record, closest.len());
                    self.send_published(publish, Asker::Offering, closest);
                }
                None => self.start_publish(Publish::new(record, Quorum::One), Asker::Offering),
            }
        }
    }

    /// Looks at some of the held records for whether they are a newcomer's to hold.
    pub(super) fn hand_over(&mut self) {
        for _ in 0..MAX_INSPECTED {
            let now = Instant::now();
            if !self.handovers.is_due(now) {
                return;
            }
            let Self { swarm, met, store, handovers, .. } = self;
            let moment = store.monotonic();
            let is_there = |peer: &PeerId, swarm: &Swarm<Behaviour>| {
                let met = met.get(peer);
                swarm.is_connected(peer) || met.is_some_and(|met| met.contact.is_recent(moment))
            };
            let closest = |key: &_| {
                let known = swarm.behaviour_mut().kad.kad.get_closest_local_peers(key);
                let mut closest: Vec<_> = known.map(KBucketKey::into_preimage).collect();
                closest.retain(|peer| is_there(peer, swarm));
                closest
            };
            if let Some((record, peer)) = handovers.inspect(store, now, closest) {
                let key = record.key.clone();
                let id = self.kad().put_record_to(record, std::iter::once(peer), Quorum::One);
                self.queries.insert(id, Query::Handover { key, peer });
            }
        }
    }

    pub(super) fn update_counters(&mut self) {
        let connected_peers = self.swarm.connected_peers().count();
        let known_peers = self.known_peers();
        let offers_waiting = self.offering.waiting();
        let handovers_waiting = self.handovers.len();
        self.ends.tally.update(|counters| {
            counters.connected_peers = connected_peers;
            counters.known_peers = known_peers;
            counters.offers_waiting = offers_waiting;
            counters.handovers_waiting = handovers_waiting;
        });
    }
}
