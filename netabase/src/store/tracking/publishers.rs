use std::{collections::HashMap, num::NonZeroU32};

use libp2p::PeerId;
use slab::Slab;

use super::groups::{Group, Places};
use crate::store::usage::Usage;

/// Who published foreign records, what they take, and which they are.
///
/// A publisher is known as long as it has a record.
#[derive(Default)]
pub(in crate::store) struct Publishers {
    by_peer: HashMap<PeerId, PublisherId>,
    known: Slab<Publisher>,
    /// How many of them never signed a record that is, or was, here.
    claimed: usize,
    places: Places,
}

struct Publisher {
    peer: PeerId,
    usage: Usage,
    records: Group,
    has_signed: bool,
}

/// A publisher's place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct PublisherId(NonZeroU32);

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
    pub(in crate::store) fn find(&self, peer: &PeerId) -> Option<PublisherId> {
        self.by_peer.get(peer).copied()
    }

    /// The place of somebody who signed a record, which is kept as soon as a record is [added](Self::add) to it.
    pub(in crate::store) fn place_signer(&mut self, peer: &PeerId) -> PublisherId {
        let id = self.find(peer).unwrap_or_else(|| self.insert(peer));
        let publisher = &mut self.known[id.index()];
        if !publisher.has_signed {
            publisher.has_signed = true;
            self.claimed -= 1;
        }
        id
    }

    /// As [`place_signer`](Self::place_signer), of somebody a record merely claims. None if there would be more
    /// than `max` who never signed one.
    pub(in crate::store) fn place_claimed(
        &mut self,
        peer: &PeerId,
        max: usize,
    ) -> Option<PublisherId> {
        self.find(peer).or_else(|| (self.claimed < max).then(|| self.insert(peer)))
    }

    fn insert(&mut self, peer: &PeerId) -> PublisherId {
        let (usage, records) = (Usage::default(), Group::default());
        let publisher = Publisher { peer: *peer, usage, records, has_signed: false };
        let id = PublisherId::of_index(self.known.insert(publisher));
        self.by_peer.insert(*peer, id);
        self.claimed += 1;
        id
    }

    pub(in crate::store) fn usage(&self, id: PublisherId) -> Usage {
        self.known[id.index()].usage
    }

    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = (PeerId, Usage)> {
        self.known.iter().map(|(_, Publisher { peer, usage, .. })| (*peer, *usage))
    }

    /// The slots of a publisher's records, in no order. When one goes, another moves towards the front.
    pub(in crate::store) fn slots(&self, id: PublisherId) -> &[u32] {
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
