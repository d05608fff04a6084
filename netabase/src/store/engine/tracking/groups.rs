//! Lists of slots that have something in common, which a slot enters and leaves at one place.

#[cfg(test)]
mod tests;

use super::index;

/// Slots that have something in common, in no order.
///
/// A slot comes and goes at one place of one list, where a tree of all groups would be searched for it at
/// random: when a record is evicted, memory that was not touched for long is what takes the time.
#[derive(Default)]
pub(super) struct Group(Vec<u32>);

/// Where each slot stands in its group. A slot is in one group at most.
#[derive(Default)]
pub(super) struct Places(Vec<u32>);

/// A list is not shrunk below so many slots.
const MIN_CAPACITY: usize = 16;

impl Group {
    pub(super) fn slots(&self) -> &[u32] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A list three quarters empty gives back half: else all groups together might keep as much memory as
    /// each took at its largest.
    fn shrink(&mut self) {
        let capacity = self.0.capacity();
        if capacity > MIN_CAPACITY && self.0.len() < capacity / 4 {
            self.0.shrink_to(capacity / 2);
        }
    }
}

impl Places {
    /// Adds a slot that is in no group.
    pub(super) fn enter(&mut self, group: &mut Group, slot: u32) {
        if self.0.len() <= index(slot) {
            self.0.resize(index(slot) + 1, 0);
        }
        let place = group.0.len();
        self.0[index(slot)] = u32::try_from(place).expect("there are no more slots");
        group.0.push(slot);
    }

    /// Reads what taking a slot out will need.
    pub(super) fn read_ahead(&self, slot: u32) -> Option<u32> {
        self.0.get(index(slot)).copied()
    }

    /// Takes a slot out of its group. The last one takes its place: slots only ever move towards the front.
    pub(super) fn leave(&mut self, group: &mut Group, slot: u32) {
        let place = self.0[index(slot)];
        let left = group.0.swap_remove(index(place));
        debug_assert_eq!(left, slot, "it is in this group");
        if let Some(&moved) = group.0.get(index(place)) {
            self.0[index(moved)] = place;
        }
        group.shrink();
    }
}
