//! Indexes over those rows that can expire, or that are foreign: by time, publisher and source.
//!
//! Such a row has a slot, whose number stands [behind its value](super::row); the indexes hold the number instead of
//! the key. A private record without end of life has none, and costs nothing here.

mod groups;

mod deadlines;

mod publishers;

mod sources;

use libp2p::{PeerId, kad::RecordKey};
use slab::Slab;

pub(in crate::store) use self::{
    deadlines::Renewal,
    sources::{Newcomer, Victims},
};
use self::{
    deadlines::{Deadlines, Due},
    publishers::{PublisherId, Publishers},
    sources::{SourceId, Sources},
};
use super::{
    catalogue::SchemaId,
    meta::{Attribution, RecordMeta},
    slots::SlotSet,
};
use crate::{schema::EnvelopeHeader, store::usage::Usage};

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

/// An [`Attribution`] as the indexes keep it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign {
    publisher: Option<PublisherId>,
    source: SourceId,
    distance: u64,
}

/// What the indexes find a row by.
pub(super) struct TrackedMeta {
    pub(super) schema: SchemaId,
    pub(super) meta: RecordMeta,
    pub(super) header: EnvelopeHeader,
    pub(super) weight: usize,
    pub(super) foreign: Option<Foreign>,
}

impl TrackedMeta {
    fn publisher(&self) -> Option<PublisherId> {
        self.foreign?.publisher
    }
}

impl Tracking {
    pub(super) fn key(&self, slot: u32) -> &RecordKey {
        &self.slots[index(slot)].key
    }

    /// Returns the key of a slot, if there is a row in it.
    pub(super) fn key_in_slot(&self, slot: u32) -> Option<&RecordKey> {
        self.slots.get(index(slot)).map(|tracked| &tracked.key)
    }

    /// Returns the slots from one on that have rows, with their keys and the distances of foreign ones. Slots without
    /// rows are looked at, too: there are no more than there were rows at once.
    pub(super) fn slots_from(
        &self,
        from: u32,
    ) -> impl Iterator<Item = (u32, &RecordKey, Option<u64>)> {
        let end = u32::try_from(self.slots.capacity()).unwrap_or(u32::MAX);
        (from..end).filter_map(|slot| {
            let Tracked { key, foreign } = self.slots.get(index(slot))?;
            Some((slot, key, foreign.map(|foreign| foreign.distance)))
        })
    }

    /// Returns the key of a slot, if that is a publisher's at all: it may be another's by now.
    pub(super) fn key_of(&self, publisher: PublisherId, slot: u32) -> Option<&RecordKey> {
        let Tracked { key, foreign } = self.slots.get(index(slot))?;
        (foreign.as_ref()?.publisher == Some(publisher)).then_some(key)
    }

    pub(super) fn foreign(&self, slot: Option<u32>) -> Option<Foreign> {
        self.slots[index(slot?)].foreign
    }

    /// Returns to whom the row in a slot is charged.
    pub(super) fn attribution(&self, slot: u32) -> Option<Attribution> {
        let Foreign { publisher, source, distance } = self.foreign(Some(slot))?;
        let publisher = publisher.map(|id| self.publishers.get(id));
        Some(Attribution { publisher, source: self.sources.get(source), distance })
    }

    /// Finds whom a row is charged to, who is known from then on, as soon as the row is added.
    pub(super) fn place(&mut self, attribution: &Attribution) -> Foreign {
        let Attribution { publisher, source, distance } = attribution;
        Foreign {
            publisher: publisher.as_ref().map(|publisher| self.publishers.place(publisher)),
            source: self.sources.place(*source),
            distance: *distance,
        }
    }

    /// Returns the slots of the rows that have to go for a newcomer; see [`Sources::victims`]. Those in `gone` go
    /// anyway.
    pub(super) fn victims(
        &self,
        held: Usage,
        newcomer: &Newcomer,
        max: usize,
        gone: &SlotSet,
        weight_of: impl Fn(u32) -> usize,
    ) -> Option<Victims> {
        self.sources.victims(held, newcomer, max, (gone, &|slot| self.source_of(slot)), weight_of)
    }

    /// Returns the slots of the rows that have to go since there is too much; see [`Sources::excess`].
    pub(super) fn excess(
        &self,
        held: Usage,
        max: usize,
        gone: &SlotSet,
        weight_of: impl Fn(u32) -> usize,
    ) -> Victims {
        self.sources.excess(held, max, (gone, &|slot| self.source_of(slot)), weight_of)
    }

    /// Returns whether a publisher that is merely claimed may be kept; see [`Publishers::admits_claim`].
    pub(super) fn admits_claim(&self, peer: &PeerId, max: usize, gone: &SlotSet) -> bool {
        let publishers = gone.iter().filter_map(|slot| self.foreign(Some(slot))?.publisher);
        self.publishers.admits_claim(peer, max, publishers)
    }

    fn source_of(&self, slot: u32) -> Option<SourceId> {
        Some(self.foreign(Some(slot))?.source)
    }

    /// Reads what removing a row will need.
    pub(super) fn read_ahead(&self, slot: u32) -> impl Copy {
        (self.deadlines.read_ahead(slot), self.publishers.read_ahead(slot))
    }

    pub(super) fn insert(&mut self, key: RecordKey, meta: &TrackedMeta) -> u32 {
        let slot = self.slots.insert(Tracked { key, foreign: meta.foreign });
        let slot = u32::try_from(slot).expect("no store holds 2^32 records");
        self.deadlines.replace(slot, Due::default(), Due::of(meta));
        if let Some(foreign) = meta.foreign {
            self.publishers.add(foreign.publisher, slot, Usage::one(meta.weight));
            self.sources.add(foreign, slot, Usage::one(meta.weight));
        }
        slot
    }

    pub(super) fn remove(&mut self, slot: u32, meta: &TrackedMeta) {
        self.deadlines.replace(slot, Due::of(meta), Due::default());
        if let Some(foreign) = meta.foreign {
            self.publishers.remove(foreign.publisher, slot, Usage::one(meta.weight));
            self.sources.remove(foreign, slot, Usage::one(meta.weight));
        }
        self.slots.remove(index(slot));
    }

    /// Replaces the row in a slot. What stays the same is not touched.
    pub(super) fn replace(&mut self, slot: u32, old: &TrackedMeta, new: &TrackedMeta) {
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
