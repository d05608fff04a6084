//! Hands held records over to newcomers, and to peers that were away.

use std::time::Instant;

use libp2p::{
    PeerId,
    kad::{Quorum, Record},
};

use super::{
    NodeState,
    action::{Action, Request},
    queries::Query,
};
use crate::network::{
    events::NodeEvent,
    kad_behaviour::Answer,
    place::{hash_of, head},
    upkeep::{Handed, Item, Presence},
};

/// The most records that are handed over before the node turns to something else.
const MAX_SENT: usize = 16;

impl NodeState {
    /// Returns how many peers held records are yet to be looked through for.
    pub(in crate::network) fn handovers_waiting(&self) -> usize {
        self.handovers.len()
    }

    /// Returns whether held records are to be looked through for a newcomer now.
    pub(in crate::network) fn is_handover_due(&self) -> bool {
        self.handovers.is_due(&self.paces, self.now)
    }

    /// Looks through some of the held records for those that a newcomer is to hold.
    pub(in crate::network) fn hand_over(&mut self) {
        let (present, reliable) = self.peers.presence(self.store.monotonic(), self.now);
        let presence = Presence { present: &present, reliable: &reliable };
        for _ in 0..MAX_SENT {
            let Self { store, handovers, paces, now, .. } = self;
            let mut places =
                |from, max, show: &mut dyn FnMut((u64, u32))| store.served_places(from, max, show);
            let Some(handed) = handovers.next(&presence, paces, &mut places, *now) else { return };
            self.send_handed(handed);
        }
    }

    fn send_handed(&mut self, mut handed: Handed) {
        let Some(record) = self.find_handed(&handed) else {
            self.handovers.skipped(&handed, &mut self.paces);
            return;
        };
        handed.key = Some(record.key.clone());
        let request = Request::Put { record, peers: vec![handed.peer], quorum: Quorum::One };
        self.start(request, Query::Handover(handed));
    }

    /// Returns the record that is to be handed over, unless the peer is offered it anyway.
    fn find_handed(&self, handed: &Handed) -> Option<Record> {
        let (record, is_own) = match &handed.item {
            Item::Held((place, slot)) => {
                let found = self.store.served_in_slot(*slot)?;
                // The slot may be another record's by now.
                Some(found).filter(|(record, _)| head(&hash_of(&record.key)) == *place)
            }
            Item::Written(key) => self.store.served_record(key),
            Item::Answered => None,
        }?;
        let is_offered = is_own && self.offering.is_to_be_sent(&handed.peer, &hash_of(&record.key));
        (!is_offered).then_some(record)
    }

    /// Takes in the end of a handover's query.
    pub(super) fn on_handed_over(&mut self, mut handed: Handed, is_taken: bool) {
        let (peer, now) = (handed.peer, self.now);
        let is_known = self.peers.is_identified(&peer);
        let Self { handovers, paces, .. } = self;
        if handovers.answered(&mut handed, Answer::Silent, is_known, paces, now) {
            self.on_silent(peer);
        }
        if let Some(key) = handed.key.filter(|_| is_taken) {
            self.act(Action::Emit(NodeEvent::HandedOver { key, peer }));
        }
    }

    /// Takes in that a peer could not be dialled, or does not answer.
    pub(in crate::network) fn on_missed(&mut self, peer: PeerId) {
        if self.peers.is_identified(&peer) && self.paces.missed(peer, true, self.now) {
            self.on_silent(peer);
        }
    }

    pub(super) fn on_silent(&mut self, peer: PeerId) {
        tracing::debug!(%peer, "a peer does not answer");
        self.peers.missed(&peer, self.now);
        self.act(Action::ListenFor(peer));
    }

    /// Takes in a sign of life of a peer.
    pub(in crate::network) fn on_heard(&mut self, peer: PeerId) {
        self.handovers.came_back(peer, self.now);
        if self.paces.heard(&peer) {
            self.on_returned(peer, self.now);
        }
    }

    /// Has a peer catch up that was away: it is sent what it was owed, and what others wrote meanwhile.
    fn on_returned(&mut self, peer: PeerId, now: Instant) {
        tracing::debug!(%peer, "a peer that was away is there again");
        self.offering.peer_arrived();
        let Some(since) = self.peers.take_absence(&peer) else { return };
        match self.written.since(since) {
            Some(keys) => self.handovers.add_returned(peer, keys, now),
            // More was written than is remembered.
            None => self.handovers.add(peer, now),
        }
    }

    /// Forgets a peer that is no longer in the routing table.
    pub(super) fn forget_left(&mut self, peer: &PeerId) {
        self.handovers.remove(peer);
        // It may be one of those that were closest.
        self.offering.forget_peer(peer);
        self.paces.forget(peer);
    }
}
