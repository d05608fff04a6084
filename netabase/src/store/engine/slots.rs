//! A set of slots, mostly of a few.

use std::collections::BTreeSet;

use smallvec::SmallVec;

/// Slots that were chosen, each once. So few as most writes choose need no memory elsewhere.
#[derive(Default)]
pub(in crate::store) struct SlotSet {
    few: SmallVec<[u32; FEW]>,
    /// All of them, once they are more.
    many: Option<BTreeSet<u32>>,
}

const FEW: usize = 16;

impl SlotSet {
    /// Adds a slot. False if it is there already.
    pub(in crate::store) fn insert(&mut self, slot: u32) -> bool {
        if let Some(many) = &mut self.many {
            return many.insert(slot);
        }
        if self.few.contains(&slot) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(slot);
        } else {
            let all = self.few.drain(..).chain([slot]).collect();
            self.many = Some(all);
        }
        true
    }

    pub(super) fn contains(&self, slot: u32) -> bool {
        self.few.contains(&slot) || self.many.as_ref().is_some_and(|many| many.contains(&slot))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.few.iter().chain(self.many.iter().flat_map(|many| many.iter())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slot_is_in_the_set_once_however_many_there_are() {
        let mut set = SlotSet::default();
        for slot in 0..100 {
            assert!(!set.contains(slot));
            assert!(set.insert(slot) && !set.insert(slot) && set.contains(slot));
            assert_eq!(set.iter().count(), slot as usize + 1);
        }
        assert!((0..100).all(|slot| set.contains(slot)) && !set.contains(100));
    }
}
