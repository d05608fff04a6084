//! Who published foreign rows, and what they take.

#[cfg(test)]
mod tests;

use std::{collections::HashMap, num::NonZeroU32};

use libp2p::PeerId;
use slab::Slab;

use super::groups::{Group, Places};
use crate::store::{engine::meta::Publisher, usage::Usage};

/// Who published foreign records, what they take, and which they are.
///
/// A publisher is known as long as it has a record.
#[derive(Default)]
pub(in crate::store::engine) struct Publishers {
    by_peer: HashMap<PeerId, PublisherId>,
    known: Slab<Known>,
    /// How many of them never signed a record that is, or was, here.
    claimed: usize,
    places: Places,
}

struct Known {
    peer: PeerId,
    usage: Usage,
    records: Group,
    has_signed: bool,
}

/// A publisher's place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::store::engine) struct PublisherId(NonZeroU32);

impl PublisherId {
    fn of_index(index: usize) -> Self {
        let number = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Self(number.expect("there are no more publishers than records"))
    }

    fn index(self) -> usize {
        usize::try_from(self.0.get() - 1).expect("it was a usize before")
    }
}

impl Publishers {
    pub(in crate::store::engine) fn find(&self, peer: &PeerId) -> Option<PublisherId> {
        self.by_peer.get(peer).copied()
    }

    /// Finds a publisher's place, which is kept as soon as a row is [added](Self::add) to it.
    pub(super) fn place(&mut self, publisher: &Publisher) -> PublisherId {
        let id = self.find(&publisher.peer).unwrap_or_else(|| self.insert(&publisher.peer));
        let known = &mut self.known[id.index()];
        if publisher.has_signed && !known.has_signed {
            known.has_signed = true;
            self.claimed -= 1;
        }
        id
    }

    /// Returns whether a publisher that is merely claimed may be kept: if it is known, or fewer than `max` are there
    /// who never signed. `going` are the publishers of the rows that go before, one for each row: those whose last row
    /// goes are not counted.
    pub(super) fn admits_claim(
        &self,
        peer: &PeerId,
        max: usize,
        going: impl Iterator<Item = PublisherId>,
    ) -> bool {
        self.by_peer.contains_key(peer)
            || self.claimed < max
            || self.claimed - self.claims_that_go(going) < max
    }

    /// Counts them by the rows that go: there may be a million publishers that keep theirs.
    fn claims_that_go(&self, going: impl Iterator<Item = PublisherId>) -> usize {
        let mut left = HashMap::new();
        for id in going {
            let known = &self.known[id.index()];
            if !known.has_signed {
                *left.entry(id.index()).or_insert(known.usage.records) -= 1;
            }
        }
        left.into_values().filter(|left| *left == 0).count()
    }

    pub(super) fn get(&self, id: PublisherId) -> Publisher {
        let Known { peer, has_signed, .. } = self.known[id.index()];
        Publisher { peer, has_signed }
    }

    fn insert(&mut self, peer: &PeerId) -> PublisherId {
        let (usage, records) = (Usage::default(), Group::default());
        let publisher = Known { peer: *peer, usage, records, has_signed: false };
        let id = PublisherId::of_index(self.known.insert(publisher));
        self.by_peer.insert(*peer, id);
        self.claimed += 1;
        id
    }

    pub(in crate::store::engine) fn usage(&self, id: PublisherId) -> Usage {
        self.known[id.index()].usage
    }

    pub(in crate::store::engine) fn iter(&self) -> impl Iterator<Item = (PeerId, Usage)> {
        self.known.iter().map(|(_, Known { peer, usage, .. })| (*peer, *usage))
    }

    /// The slots of a publisher's records, in no order. When one goes, another moves towards the front.
    pub(in crate::store::engine) fn slots(&self, id: PublisherId) -> &[u32] {
        self.known[id.index()].records.slots()
    }

    pub(super) fn read_ahead(&self, slot: u32) -> Option<u32> {
        self.places.read_ahead(slot)
    }

    pub(super) fn add(&mut self, id: Option<PublisherId>, slot: u32, usage: Usage) {
        let Some(id) = id else { return };
        let publisher = &mut self.known[id.index()];
        self.places.enter(&mut publisher.records, slot);
        publisher.usage.add(usage);
    }

    /// Of the record in a slot: whose it was, and what it took, and the same now.
    pub(super) fn replace(
        &mut self,
        slot: u32,
        (before, old): (Option<PublisherId>, Usage),
        (now, new): (Option<PublisherId>, Usage),
    ) {
        if before != now {
            self.remove(before, slot, old);
            self.add(now, slot, new);
        } else if let Some(id) = now {
            let usage = &mut self.known[id.index()].usage;
            usage.add(new);
            usage.subtract(old);
        }
    }

    pub(super) fn remove(&mut self, id: Option<PublisherId>, slot: u32, usage: Usage) {
        let Some(id) = id else { return };
        let publisher = &mut self.known[id.index()];
        self.places.leave(&mut publisher.records, slot);
        publisher.usage.subtract(usage);
        if publisher.records.is_empty() {
            let gone = self.known.remove(id.index());
            self.by_peer.remove(&gone.peer);
            self.claimed -= usize::from(!gone.has_signed);
        }
    }
}
