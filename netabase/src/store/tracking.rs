//! Indexes over those records that can expire, or that are foreign: by time, publisher and source.
//!
//! Such a record has a slot, whose number stands [behind its value](super::encoded); the indexes hold the
//! number instead of the key. A private record without end of life has none, and costs nothing here.

mod groups;

mod deadlines;

mod publishers;

mod sources;

use libp2p::kad::RecordKey;
use slab::Slab;

pub(super) use self::{
    deadlines::Renewal,
    publishers::PublisherId,
    sources::{Newcomer, SourceId},
};
use self::{
    deadlines::{Deadlines, Due},
    publishers::Publishers,
    sources::Sources,
};
use super::{encoded::Standing, schemas::SchemaId, usage::Usage};
use crate::schema::EnvelopeHeader;

#[derive(Default)]
pub(super) struct Tracking {
    slots: Slab<Tracked>,
    pub(super) deadlines: Deadlines,
    pub(super) publishers: Publishers,
    pub(super) sources: Sources,
}

struct Tracked {
    /// Shares its bytes with the `MemoryStore`.
    key: RecordKey,
    foreign: Option<Foreign>,
}

/// Whom a foreign record is put down to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) publisher: Option<PublisherId>,
    pub(super) source: SourceId,
    /// The first 64 bits of its XOR distance from the local peer.
    pub(super) distance: u64,
}

/// What the indexes find a record by.
pub(super) struct Traits {
    pub(super) schema: SchemaId,
    pub(super) standing: Standing,
    pub(super) header: EnvelopeHeader,
    pub(super) weight: usize,
    pub(super) foreign: Option<Foreign>,
}

impl Traits {
    fn publisher(&self) -> Option<PublisherId> {
        self.foreign?.publisher
    }
}

impl Tracking {
    pub(super) fn key(&self, slot: u32) -> &RecordKey {
        &self.slots[index(slot)].key
    }

    /// As [`key`](Self::key), if the slot is a publisher's at all: it may be another's by now.
    pub(super) fn key_of(&self, publisher: PublisherId, slot: u32) -> Option<&RecordKey> {
        let Tracked { key, foreign } = self.slots.get(index(slot))?;
        (foreign.as_ref()?.publisher == Some(publisher)).then_some(key)
    }

    pub(super) fn foreign(&self, slot: Option<u32>) -> Option<Foreign> {
        self.slots[index(slot?)].foreign
    }

    /// What removing a record will need.
    pub(super) fn read_ahead(&self, slot: u32) -> impl Copy {
        (self.deadlines.read_ahead(slot), self.publishers.read_ahead(slot))
    }

    pub(super) fn insert(&mut self, key: RecordKey, traits: &Traits) -> u32 {
        let slot = self.slots.insert(Tracked { key, foreign: traits.foreign });
        let slot = u32::try_from(slot).expect("no store holds 2^32 records");
        self.deadlines.replace(slot, Due::default(), Due::of(traits));
        if let Some(foreign) = traits.foreign {
            self.publishers.add(foreign.publisher, slot, Usage::one(traits.weight));
            self.sources.add(foreign, slot, Usage::one(traits.weight));
        }
        slot
    }

    pub(super) fn remove(&mut self, slot: u32, traits: &Traits) {
        self.deadlines.replace(slot, Due::of(traits), Due::default());
        if let Some(foreign) = traits.foreign {
            self.publishers.remove(foreign.publisher, slot, Usage::one(traits.weight));
            self.sources.remove(foreign, slot, Usage::one(traits.weight));
        }
        self.slots.remove(index(slot));
    }

    /// The record in a slot is another now. What stays the same is not touched.
    pub(super) fn replace(&mut self, slot: u32, old: &Traits, new: &Traits) {
        self.deadlines.replace(slot, Due::of(old), Due::of(new));
        let (before, now) = (Usage::one(old.weight), Usage::one(new.weight));
        self.publishers.replace(slot, (old.publisher(), before), (new.publisher(), now));
        // Whoever is added comes first: what has no record left is forgotten.
        if let Some(foreign) = new.foreign {
            self.sources.add(foreign, slot, now);
        }
        if let Some(foreign) = old.foreign {
            let same =
                |new: Foreign| (new.source, new.distance) == (foreign.source, foreign.distance);
            if new.foreign.is_some_and(same) {
                self.sources.subtract(foreign.source, before);
            } else {
                self.sources.remove(foreign, slot, before);
            }
        }
        self.slots[index(slot)].foreign = new.foreign;
    }
}

fn index(slot: u32) -> usize {
    usize::try_from(slot).expect("it was a usize before")
}
