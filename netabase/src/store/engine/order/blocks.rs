//! Keys of foreign rows in blocks, where each is found by its slot.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    mem,
    ops::{Bound, RangeBounds},
};

use slab::Slab;

use super::Rest;
use crate::store::bounds::{Bounds, Direction};

/// The keys of foreign records, in blocks: each block holds those of one range, in no order.
///
/// Foreign records go at random places, long after they came: a search for each in a tree of all keys would
/// mostly wait for memory. From its slot a key's place in its block is found at once. The order within a block
/// is made by the walks, of which most read much more of each record.
#[derive(Default)]
pub(super) struct Blocks {
    blocks: Slab<Vec<Entry>>,
    /// By slot.
    positions: Vec<Position>,
}

/// The blocks of one schema's keys, by the lower bounds of their ranges; the first begins with the empty key.
pub(super) type Ranges = BTreeMap<Rest, u32>;

struct Entry {
    key: Rest,
    slot: u32,
}

#[derive(Clone, Copy, Default)]
struct Position {
    block: u32,
    index: u32,
}

/// A full block is split before it gets one more.
const MAX_KEYS: usize = 32;

/// A block that has so few left is merged with one beside it, if they are no more than `MERGED_KEYS` then.
const FEW_KEYS: usize = 4;
const MERGED_KEYS: usize = 24;

impl Blocks {
    /// Adds a key that is not there yet.
    pub(super) fn insert(&mut self, ranges: &mut Ranges, key: Rest, slot: u32) {
        let block = match ranges.range::<[u8], _>(up_to(&key)).next_back() {
            Some((_, &block)) if self.block(block).len() < MAX_KEYS => block,
            Some((_, &block)) => self.split(ranges, block, &key),
            None => {
                let block = number(self.blocks.insert(Vec::new()));
                ranges.insert(Rest::new(), block);
                block
            }
        };
        if self.positions.len() <= index(slot) {
            self.positions.resize(index(slot) + 1, Position::default());
        }
        self.push(block, Entry { key, slot });
    }

    /// Reads what removing a key will need.
    pub(super) fn read_ahead(&self, slot: u32) -> Option<(u32, u32)> {
        let Position { block, index: place } = *self.positions.get(index(slot))?;
        let entries = self.blocks.get(index(block))?;
        Some((entries.get(index(place))?.slot, entries.last()?.slot))
    }

    pub(super) fn remove(&mut self, ranges: &mut Ranges, key: &[u8], slot: u32) {
        let Position { block, index: place } = self.positions[index(slot)];
        let entries = &mut self.blocks[index(block)];
        let removed = entries.swap_remove(index(place));
        debug_assert_eq!((&removed.key[..], removed.slot), (key, slot), "it is in this block");
        let left = entries.len();
        if let Some(moved) = entries.get(index(place)) {
            self.positions[index(moved.slot)].index = place;
        }
        if left == FEW_KEYS || left == 0 {
            self.merge(ranges, key);
        }
    }

    /// Returns the keys in a range, from the first or from the last on.
    pub(super) fn range<'a>(
        &'a self,
        ranges: &'a Ranges,
        bounds: Bounds<'a>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = &'a Rest> + 'a> {
        let first = match bounds.0 {
            Bound::Included(lower) | Bound::Excluded(lower) => {
                let before = ranges.range::<[u8], _>(up_to(lower)).next_back();
                Bound::Included(before.map_or(lower, |(bound, _)| bound.as_slice()))
            }
            Bound::Unbounded => Bound::Unbounded,
        };
        let blocks = ranges.range::<[u8], _>((first, bounds.1)).map(|(_, &block)| block);
        let is_in_range = move |key: &&Rest| RangeBounds::<[u8]>::contains(&bounds, key.as_slice());
        let sorted = move |block| {
            let keys = self.block(block).iter().map(|entry| &entry.key);
            let mut keys: Vec<_> = keys.filter(is_in_range).collect();
            keys.sort_unstable();
            keys.into_iter()
        };
        match direction {
            Direction::Forward => Box::new(blocks.flat_map(sorted)),
            Direction::Reverse => Box::new(blocks.rev().flat_map(move |block| sorted(block).rev())),
        }
    }

    fn block(&self, block: u32) -> &Vec<Entry> {
        &self.blocks[index(block)]
    }

    fn push(&mut self, block: u32, entry: Entry) {
        let entries = &mut self.blocks[index(block)];
        self.positions[index(entry.slot)] = Position { block, index: number(entries.len()) };
        entries.push(entry);
    }

    /// Gives the upper half of a full block one of its own; says which of both a key belongs to.
    fn split(&mut self, ranges: &mut Ranges, block: u32, key: &Rest) -> u32 {
        let mut entries = mem::take(&mut self.blocks[index(block)]);
        let middle = entries.len() / 2;
        entries.select_nth_unstable_by(middle, |a, b| a.key.cmp(&b.key));
        let upper = entries.split_off(middle);
        let bound = upper[0].key.clone();
        let above = number(self.blocks.insert(Vec::new()));
        let belongs_to = if *key < bound { block } else { above };
        ranges.insert(bound, above);
        self.set(block, entries);
        self.set(above, upper);
        belongs_to
    }

    fn set(&mut self, block: u32, entries: Vec<Entry>) {
        for (entry, place) in entries.iter().zip(0..) {
            self.positions[index(entry.slot)] = Position { block, index: place };
        }
        self.blocks[index(block)] = entries;
    }

    /// Merges the block of a key with the one before it, or else behind it, if they are small enough.
    fn merge(&mut self, ranges: &mut Ranges, key: &[u8]) {
        let mut below = ranges.range::<[u8], _>(up_to(key));
        let Some((bound, &block)) = below.next_back() else { return };
        let before = below.next_back().map(|(_, &before)| (before, bound, block));
        let behind = || {
            let behind = (Bound::Excluded(bound.as_slice()), Bound::Unbounded);
            let (bound, &behind) = ranges.range::<[u8], _>(behind).next()?;
            Some((block, bound, behind))
        };
        let Some((lower, bound, upper)) = before.or_else(behind) else {
            if self.block(block).is_empty() {
                self.blocks.remove(index(block));
                ranges.clear();
            }
            return;
        };
        let (below, above) = (self.block(lower).len(), self.block(upper).len());
        if below + above <= MERGED_KEYS || below == 0 || above == 0 {
            let bound = bound.clone();
            ranges.remove(&bound);
            for entry in self.blocks.remove(index(upper)) {
                self.push(lower, entry);
            }
        }
    }
}

fn up_to(key: &[u8]) -> Bounds<'_> {
    (Bound::Unbounded, Bound::Included(key))
}

fn index(number: u32) -> usize {
    usize::try_from(number).expect("it was a usize before")
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("there are no more keys than slots")
}
