//! Publishers and sources of foreign rows, and which of these go if there is too much.

use std::hint::black_box;

use libp2p::PeerId;

use super::{Attribution, Engine, Newcomer, RowRef, SlotSet, Victims};
use crate::store::{source::Source, usage::Usage};

impl Engine {
    /// Returns to whom a row is charged, if it is foreign.
    pub(in crate::store) fn attribution(&self, slot: Option<u32>) -> Option<Attribution> {
        self.tracking.attribution(slot?)
    }

    pub(in crate::store) fn publishers(&self) -> impl Iterator<Item = (PeerId, Usage)> {
        self.tracking.publishers.iter()
    }

    pub(in crate::store) fn usage_of_publisher(&self, publisher: &PeerId) -> Usage {
        let publishers = &self.tracking.publishers;
        publishers.find(publisher).map(|id| publishers.usage(id)).unwrap_or_default()
    }

    /// Returns the slots of a publisher's rows, in no order. When one goes, another moves towards the front.
    pub(in crate::store) fn slots_of_publisher(&self, publisher: &PeerId) -> &[u32] {
        let publishers = &self.tracking.publishers;
        publishers.find(publisher).map_or(&[], |id| publishers.slots(id))
    }

    /// Returns the rows in these slots that are a publisher's still.
    pub(in crate::store) fn rows_of_publisher(
        &self,
        publisher: &PeerId,
        slots: &[u32],
    ) -> impl Iterator<Item = RowRef<'_>> {
        let id = self.tracking.publishers.find(publisher);
        let keys = slots.iter().filter_map(move |&slot| self.tracking.key_of(id?, slot));
        keys.filter_map(|key| self.get(key))
    }

    /// Returns whether another publisher that is merely claimed may be kept beside at most `max`, once the rows in
    /// some slots are gone.
    pub(in crate::store) fn admits_claim(&self, peer: &PeerId, max: usize, gone: &SlotSet) -> bool {
        self.tracking.admits_claim(peer, max, gone)
    }

    pub(in crate::store) fn sources(&self) -> impl Iterator<Item = (Source, Usage)> {
        self.tracking.sources.iter()
    }

    /// Returns whether foreign rows take more than they may.
    pub(in crate::store) fn is_over_budget(&self) -> bool {
        self.tracking.sources.is_over_budget(self.usages.foreign)
    }

    /// Returns the slots of at most `max` foreign rows that have to go since all of them take more than they may.
    /// Those in `gone` go anyway.
    pub(in crate::store) fn excess(&self, max: usize, gone: &SlotSet) -> Victims {
        let weight_of = |slot| self.weight_of_victim(slot);
        self.tracking.excess(self.usages.foreign, max, gone, weight_of)
    }

    /// Returns the slots of the rows that have to go for a newcomer, beside those in `gone`, which go anyway. None if
    /// the newcomer would be the next to go, or more than `max` would have to.
    pub(in crate::store) fn victims(
        &self,
        newcomer: &Newcomer,
        max: usize,
        gone: &SlotSet,
    ) -> Option<Victims> {
        let weight_of = |slot| self.weight_of_victim(slot);
        self.tracking.victims(self.usages.foreign, newcomer, max, gone, weight_of)
    }

    /// Returns what a row takes that will most likely go.
    ///
    /// All that its removal will look at was long not touched. Read at once, these places wait for memory
    /// together; the removal itself would wait for one after the other.
    fn weight_of_victim(&self, slot: u32) -> usize {
        black_box((self.order.read_ahead(slot), self.tracking.read_ahead(slot)));
        let row = self.by_slot(slot);
        black_box(row.value.first());
        row.weight()
    }
}
