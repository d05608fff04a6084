//! The secondary indexes of a schema, over the rows that databases show.

mod entry;

use std::{collections::BTreeSet, ops::Bound};

use self::entry::Entry;
use crate::{
    schema::{IndexInfo, index_entries},
    store::bounds::{Bounds, is_empty},
};

/// The secondary indexes of a schema, of the records that databases show.
pub(in crate::store) struct Indexes {
    trees: Vec<Tree>,
    owner_len: usize,
}

pub(in crate::store) struct Tree {
    pub(in crate::store) info: IndexInfo,
    /// How many bytes of an entry are the owner's.
    owner_len: usize,
    /// The owner, if the schema is owned; the index's key bytes; those of the schema's own key; and the length
    /// of these in two bytes.
    ///
    /// Each owner's entries are together, since databases show one owner's records. Both keys are prefix-free, so
    /// the bytes order by the index's key and then by the record's, and what stands behind them does not matter.
    entries: BTreeSet<Entry>,
}

const LEN: usize = 2;

impl Indexes {
    pub(super) fn new(infos: &[IndexInfo], owner_len: usize) -> Self {
        let tree = |&info| Tree { info, owner_len, entries: BTreeSet::new() };
        Self { trees: infos.iter().map(tree).collect(), owner_len }
    }

    pub(in crate::store) fn tree(&self, index: usize) -> &Tree {
        &self.trees[index]
    }

    /// Replaces what the record with this key (behind what the schema's keys share) is found by.
    pub(super) fn replace(&mut self, rest: &[u8], old: &[u8], new: &[u8]) {
        if old == new {
            return;
        }
        let (owner, own_key) = rest.split_at(self.owner_len);
        for (index, key) in index_entries(old) {
            self.trees[index].entries.remove(&entry(owner, key, own_key));
        }
        for (index, key) in index_entries(new) {
            self.trees[index].entries.insert(entry(owner, key, own_key));
        }
    }

    /// Returns whether any of them is unique.
    pub(in crate::store) fn has_unique(&self) -> bool {
        self.trees.iter().any(|tree| tree.info.unique)
    }

    /// Returns the entries of these that are in unique indexes.
    pub(in crate::store) fn unique<'a>(
        &'a self,
        entries: &'a [u8],
    ) -> impl Iterator<Item = (&'a Tree, &'a [u8])> {
        index_entries(entries)
            .map(|(index, key)| (&self.trees[index], key))
            .filter(|(tree, _)| tree.info.unique)
    }
}

impl Tree {
    pub(in crate::store) fn range<'a>(
        &'a self,
        bounds: Bounds<'_>,
    ) -> impl DoubleEndedIterator<Item = &'a [u8]> + use<'a> {
        let bound = |bound: Bound<&[u8]>| bound.map(|bytes| Entry::new(&[bytes]));
        let range =
            (!is_empty(bounds)).then(|| self.entries.range((bound(bounds.0), bound(bounds.1))));
        range.into_iter().flatten().map(Entry::as_slice)
    }

    /// Returns the records found by exactly this key, the owner before it: each's own key, without the owner.
    pub(in crate::store) fn holders(&self, key: &[u8]) -> impl Iterator<Item = &[u8]> {
        let holders = self.range((Bound::Included(key), Bound::Unbounded));
        let own_key = |entry| split_entry(entry, self.owner_len).own_key;
        holders.take_while(move |entry| entry.starts_with(key)).map(own_key)
    }

    /// Returns the record key of an entry, behind what the schema's keys share, in two parts.
    pub(in crate::store) fn record_key<'a>(&self, entry: &'a [u8]) -> [&'a [u8]; 2] {
        let parts = split_entry(entry, self.owner_len);
        [parts.owner, parts.own_key]
    }
}

fn entry(owner: &[u8], key: &[u8], own_key: &[u8]) -> Entry {
    let len = u16::try_from(own_key.len()).expect("record keys have at most 1,024 bytes");
    Entry::new(&[owner, key, own_key, &len.to_be_bytes()])
}

/// The parts of an entry.
pub(in crate::store) struct EntryParts<'a> {
    owner: &'a [u8],
    pub(in crate::store) key: &'a [u8],
    pub(in crate::store) own_key: &'a [u8],
}

pub(in crate::store) fn split_entry(entry: &[u8], owner_len: usize) -> EntryParts<'_> {
    let (keys, len) = entry.split_last_chunk::<LEN>().expect("an entry ends with a length");
    let (keys, own_key) = keys.split_at(keys.len() - usize::from(u16::from_be_bytes(*len)));
    let (owner, key) = keys.split_at(owner_len);
    EntryParts { owner, key, own_key }
}
