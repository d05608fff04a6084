//! Decides what follows for an own record from the answers of peers.

use std::time::Instant;

use libp2p::{PeerId, kad::RecordKey};

use super::{
    backoff::{Failure, Lane},
    delivery::{Delivered, Delivery},
    nearby::Nearby,
    offering::{Moments, Offering},
    pace::Paces,
};
use crate::{
    network::{
        kad_behaviour::Answer,
        place::{KeyHash, hash_of},
        refusal::{Reason, Refusal},
    },
    store::NetabaseStore,
};

impl Offering {
    /// Notes the end of one of the node's own walks.
    pub(in crate::network) fn walk_ended(&mut self) {
        self.walks = self.walks.saturating_sub(1);
    }

    /// Notes where a walk has led, the closest peers first. `is_whole` says that all that it has met have answered.
    pub(in crate::network) fn walked(
        &mut self,
        hash: KeyHash,
        closest: &[PeerId],
        is_whole: bool,
        now: Instant,
    ) {
        self.nearby = Nearby::new(hash, closest, is_whole, now);
    }

    /// Takes in a peer's answer to a record. `is_known` tells of a peer that does not answer whether it is in the
    /// routing table. Returns whether it has fallen silent.
    pub(in crate::network) fn answered(
        &mut self,
        delivery: &mut Delivery,
        peer: PeerId,
        answer: Answer,
        is_known: bool,
        paces: &mut Paces,
        now: Instant,
    ) -> bool {
        let Some(place) = delivery.awaited.iter().position(|awaited| *awaited == peer) else {
            return false;
        };
        delivery.awaited.swap_remove(place);
        paces.ended(&peer);
        match answer {
            Answer::Took => {
                paces.took(&peer);
                delivery.holders += 1;
            }
            Answer::Refused(Refusal { reason: Reason::Rate, retry_after }) => {
                paces.refused(peer, retry_after, now);
                if self.owe(delivery, peer) {
                    delivery.owed.push(peer);
                }
            }
            Answer::Refused(Refusal { reason: Reason::Outdated, .. }) => {
                paces.heard(&peer);
                delivery.is_outdated = true;
            }
            Answer::Refused(Refusal { reason: Reason::Record, .. }) => {
                paces.heard(&peer);
                delivery.refused.push(peer);
            }
            Answer::Silent => {
                let is_new = paces.missed(peer, is_known, now);
                // One that is not known is not waited for.
                if is_known {
                    self.owe(delivery, peer);
                }
                return is_new;
            }
        }
        false
    }

    /// Takes in the end of a delivery, all of whose peers have answered or will not, and decides what is tried again.
    pub(in crate::network) fn ended(&mut self, delivery: Delivery, now: Moments) -> Delivered {
        let Delivery { ref key, hash, holders, is_outdated, is_lost, .. } = delivery;
        let owed = delivery.owed.len();
        let is_owed = |peer: &PeerId| self.owed.contains(peer, &hash);
        let is_behind = !delivery.owed.iter().all(is_owed);
        let failure = match (holders + owed, delivery.refused.is_empty() && !is_outdated) {
            (1.., _) => None,
            (0, true) => Some(Failure::Unreachable),
            (0, false) => Some(Failure::Refused),
        };
        match (&delivery.lane, failure) {
            (Some(lane), failure) => self.backoff.tried(lane, (hash, key), failure, now.store),
            (None, Some(failure)) => self.backoff.add(None, (hash, key), failure, now.store),
            (None, None) => {
                for peer in &delivery.refused {
                    self.backoff.add(Some(*peer), (hash, key), Failure::Refused, now.store);
                }
            }
        }
        if failure.is_some() {
            // Perhaps they were not the right ones for it: the next attempt looks for itself.
            self.nearby = None;
        } else if is_outdated || is_lost {
            // A walk finds the newer value, and those that lack this one.
            self.backoff.add(None, (hash, key), Failure::Refused, now.store);
        } else if holders > 0 {
            self.backoff.forget(&hash, key);
        }
        if delivery.arrivals < self.arrivals && failure.is_none() {
            // Some that have come since may be to hold it, and those that hand records over may not have had it.
            self.rechecks.insert(hash, key.clone());
        }
        Delivered { holders, owed, is_behind }
    }

    /// Notes that all peers that a walk has found have a record, or a newer value: it need not be offered again.
    pub(in crate::network) fn settled(
        &mut self,
        (hash, key): (KeyHash, &RecordKey),
        lane: Option<&Lane>,
        now: Moments,
    ) {
        self.backoff.forget(&hash, key);
        if let Some(lane) = lane {
            self.backoff.tried(lane, (hash, key), None, now.store);
        }
    }

    /// Takes a delivery back: there is no such record any more.
    pub(in crate::network) fn withdraw(
        &mut self,
        delivery: &Delivery,
        paces: &mut Paces,
        now: Moments,
    ) {
        delivery.awaited.iter().for_each(|peer| paces.ended(peer));
        self.vanished(delivery.lane(), now);
    }

    /// Offers a record once more at once.
    pub(in crate::network) fn offer_anew(&mut self, store: &NetabaseStore, key: &RecordKey) {
        if self.offers().put_back(store, key) {
            self.backoff.forget(&hash_of(key), key);
        }
    }

    /// Notes that there is no such record any more.
    pub(in crate::network) fn vanished(&mut self, lane: Option<&Lane>, now: Moments) {
        if let Some(lane) = lane {
            self.backoff.untried(lane, now.store);
        }
    }
}
