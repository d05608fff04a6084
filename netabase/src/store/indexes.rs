use std::{collections::BTreeSet, ops::Bound};

use smallvec::SmallVec;

use super::order::{Bounds, is_empty};
use crate::schema::{IndexInfo, index_entries};

/// The secondary indexes of a schema, of the records that databases show.
pub(super) struct Indexes {
    trees: Vec<Tree>,
}

pub(super) struct Tree {
    pub(super) info: IndexInfo,
    entries: BTreeSet<Entry>,
}

/// The index's key bytes, then those of the record key behind what the schema's keys share, then the
/// length of these in two bytes.
///
/// Both keys are prefix-free, so the bytes order by the index's key and then by the record's, and what
/// stands behind them does not matter. Most entries need no memory elsewhere.
type Entry = SmallVec<[u8; 16]>;

const LEN: usize = 2;

impl Indexes {
    pub(super) fn new(infos: &[IndexInfo]) -> Self {
        let tree = |&info| Tree { info, entries: BTreeSet::new() };
        Self { trees: infos.iter().map(tree).collect() }
    }

    pub(super) fn tree(&self, index: usize) -> &Tree {
        &self.trees[index]
    }

    /// Replaces what the record with this key (behind what the schema's keys share) is found by.
    pub(super) fn replace(&mut self, rest: &[u8], old: &[u8], new: &[u8]) {
        if old == new {
            return;
        }
        for (index, key) in index_entries(old) {
            self.trees[index].entries.remove(&entry(key, rest)[..]);
        }
        for (index, key) in index_entries(new) {
            self.trees[index].entries.insert(entry(key, rest));
        }
    }

    /// The entries of these that are in unique indexes.
    pub(super) fn unique<'a>(
        &'a self,
        entries: &'a [u8],
    ) -> impl Iterator<Item = (&'a Tree, &'a [u8])> {
        index_entries(entries)
            .map(|(index, key)| (&self.trees[index], key))
            .filter(|(tree, _)| tree.info.unique)
    }
}

impl Tree {
    pub(super) fn range<'a>(
        &'a self,
        bounds: Bounds<'a>,
    ) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let range = (!is_empty(bounds)).then(|| self.entries.range::<[u8], _>(bounds));
        range.into_iter().flatten().map(SmallVec::as_slice)
    }

    /// The records found by exactly this key: each's own key, behind what the schema's keys share.
    pub(super) fn holders(&self, key: &[u8]) -> impl Iterator<Item = &[u8]> {
        let holders = self.entries.range::<[u8], _>((Bound::Included(key), Bound::Unbounded));
        holders.take_while(move |entry| entry.starts_with(key)).map(|entry| split_entry(entry).1)
    }
}

fn entry(key: &[u8], rest: &[u8]) -> Entry {
    let len = u16::try_from(rest.len()).expect("record keys have at most 1,024 bytes");
    let mut entry = Entry::with_capacity(key.len() + rest.len() + LEN);
    entry.extend_from_slice(key);
    entry.extend_from_slice(rest);
    entry.extend_from_slice(&len.to_be_bytes());
    entry
}

/// The index's key bytes, and those of the record key behind what the schema's keys share.
pub(super) fn split_entry(entry: &[u8]) -> (&[u8], &[u8]) {
    let (keys, len) = entry.split_last_chunk::<LEN>().expect("an entry ends with a length");
    keys.split_at(keys.len() - usize::from(u16::from_be_bytes(*len)))
}
