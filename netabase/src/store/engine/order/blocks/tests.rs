//! Blocks answer as one sorted tree does, whatever came and went.

use std::{collections::BTreeMap, ops::Bound};

use proptest::{collection, prelude::*, test_runner::TestCaseResult};

use super::{Blocks, FEW_KEYS, MAX_KEYS, Position, Ranges, Rest, index};
use crate::store::bounds::{Bounds, Direction, is_empty};

/// Keys of one and of two bytes, so that one may begin as another does.
fn key() -> impl Strategy<Value = Vec<u8>> {
    collection::vec(0..40_u8, 0..3)
}

fn bound() -> impl Strategy<Value = Bound<Vec<u8>>> {
    prop_oneof![
        Just(Bound::Unbounded),
        key().prop_map(Bound::Included),
        key().prop_map(Bound::Excluded),
    ]
}

#[derive(Default)]
struct Both {
    blocks: Blocks,
    ranges: Ranges,
    /// Each key's slot.
    tree: BTreeMap<Vec<u8>, u32>,
    free: Vec<u32>,
}

impl Both {
    /// Removes a key that is there, adds one that is not.
    fn toggle(&mut self, key: Vec<u8>) {
        if let Some(slot) = self.tree.remove(&key) {
            self.blocks.remove(&mut self.ranges, &key, slot);
            self.free.push(slot);
        } else {
            let next = u32::try_from(self.tree.len()).expect("they are few");
            let slot = self.free.pop().unwrap_or(next);
            self.blocks.insert(&mut self.ranges, Rest::from_slice(&key), slot);
            self.tree.insert(key, slot);
        }
    }

    fn agree(&self, bounds: Bounds<'_>) -> TestCaseResult {
        let mut expected: Vec<_> = if is_empty(bounds) {
            return Ok(());
        } else {
            self.tree.range::<[u8], _>(bounds).map(|(key, _)| key.clone()).collect()
        };
        let walk = |direction| {
            self.blocks.range(&self.ranges, bounds, direction).map(|key| key.to_vec()).collect()
        };
        let found: Vec<_> = walk(Direction::Forward);
        prop_assert_eq!(&found, &expected);
        expected.reverse();
        let found: Vec<_> = walk(Direction::Reverse);
        prop_assert_eq!(&found, &expected);
        Ok(())
    }

    /// Every key stands where its slot says, in one of as many blocks as there are ranges.
    fn is_sound(&self) -> TestCaseResult {
        prop_assert_eq!(self.blocks.blocks.len(), self.ranges.len());
        for (key, &slot) in &self.tree {
            let Position { block, index: place } = self.blocks.positions[index(slot)];
            let entry = &self.blocks.block(block)[index(place)];
            prop_assert_eq!((entry.key.as_slice(), entry.slot), (key.as_slice(), slot));
        }
        let full = self.ranges.values().all(|&block| self.blocks.block(block).len() <= MAX_KEYS);
        prop_assert!(full);
        Ok(())
    }
}

proptest! {
    #[test]
    fn blocks_answer_as_a_tree_does(
        keys in collection::vec(key(), 0..3000),
        bounds in collection::vec((bound(), bound()), 10),
    ) {
        let mut both = Both::default();
        for key in keys {
            both.toggle(key);
        }
        both.is_sound()?;
        for (lower, upper) in &bounds {
            both.agree((lower.as_ref().map(Vec::as_slice), upper.as_ref().map(Vec::as_slice)))?;
        }
        both.agree((Bound::Unbounded, Bound::Unbounded))?;
        // And when all go again, nothing is left.
        for key in both.tree.keys().cloned().collect::<Vec<_>>() {
            both.toggle(key);
        }
        prop_assert!(both.ranges.is_empty() && both.blocks.blocks.is_empty());
    }

    #[test]
    fn what_is_left_of_many_keys_is_in_few_blocks(
        keys in Just((0..5000_u16).collect::<Vec<_>>()).prop_shuffle(),
        left in 0..500_usize,
    ) {
        let mut both = Both::default();
        let keys: Vec<_> = keys.into_iter().map(|key| key.to_be_bytes().to_vec()).collect();
        for key in keys.iter().chain(&keys[left..]) {
            both.toggle(key.clone());
        }
        both.is_sound()?;
        prop_assert!(both.ranges.len() <= 1 + left / FEW_KEYS);
    }
}
