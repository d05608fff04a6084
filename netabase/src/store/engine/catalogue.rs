//! What the engine knows of each schema: how its keys are laid out, its indexes, and what its rows take.

use super::indexes::Indexes;
use crate::{schema::IndexInfo, store::usage::Usage};

/// A schema's place in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SchemaId(usize);

impl SchemaId {
    /// All schemas that are not known: they share this place, so that invented names cost nothing here.
    pub(in crate::store) const UNKNOWN: Self = Self(0);

    pub(in crate::store) fn index(self) -> usize {
        self.0
    }

    pub(in crate::store) fn from_index(index: usize) -> Self {
        Self(index)
    }
}

/// How the keys of a schema's records are laid out.
pub(in crate::store) struct Layout {
    /// What all of its record keys start with, up to the access byte.
    pub(in crate::store) prefix: Vec<u8>,
    /// How many bytes behind that are the owner's.
    pub(in crate::store) owner_len: usize,
    /// What the local peer's own record keys start with, behind the shared prefix.
    pub(in crate::store) local_owner: Vec<u8>,
}

/// What the rows of each budget take.
#[derive(Clone, Copy, Default)]
pub(in crate::store) struct Usages {
    pub(in crate::store) own: Usage,
    pub(in crate::store) foreign: Usage,
}

impl Usages {
    pub(in crate::store) fn records(&self) -> usize {
        self.own.records + self.foreign.records
    }

    pub(in crate::store) fn bytes(&self) -> usize {
        self.own.bytes + self.foreign.bytes
    }

    pub(super) fn of(&mut self, own: bool) -> &mut Usage {
        if own { &mut self.own } else { &mut self.foreign }
    }
}

/// What the engine keeps of a schema.
pub(super) struct Entry {
    pub(super) layout: Layout,
    pub(super) indexes: Indexes,
    pub(super) usages: Usages,
    /// How many rows databases show, of all owners.
    visible: usize,
    /// How many of them the local peer's database shows: all, unless the schema is owned.
    local_visible: usize,
}

/// All schemas, the first of which stands for those that are not known.
pub(super) struct Catalogue(Vec<Entry>);

impl Catalogue {
    pub(super) fn new(unknown: Layout) -> Self {
        let mut catalogue = Self(Vec::new());
        catalogue.add(unknown, &[]);
        catalogue
    }

    pub(super) fn add(&mut self, layout: Layout, indexes: &[IndexInfo]) -> SchemaId {
        let indexes = Indexes::new(indexes, layout.owner_len);
        let (usages, visible, local_visible) = (Usages::default(), 0, 0);
        self.0.push(Entry { layout, indexes, usages, visible, local_visible });
        SchemaId(self.0.len() - 1)
    }

    /// Sets the indexes of a schema that databases show no rows of.
    pub(super) fn set_indexes(&mut self, id: SchemaId, indexes: &[IndexInfo]) {
        let entry = self.get_mut(id);
        debug_assert_eq!(entry.visible, 0, "what databases show is in the indexes");
        entry.indexes = Indexes::new(indexes, entry.layout.owner_len);
    }

    pub(super) fn get(&self, id: SchemaId) -> &Entry {
        &self.0[id.0]
    }

    pub(super) fn get_mut(&mut self, id: SchemaId) -> &mut Entry {
        &mut self.0[id.0]
    }
}

impl Entry {
    pub(super) fn visible(&self) -> usize {
        self.visible
    }

    pub(super) fn local_visible(&self) -> usize {
        self.local_visible
    }

    /// Counts a row that databases show now, or do no longer. `rest` is its key behind the prefix.
    pub(super) fn count_visible(&mut self, rest: &[u8], was_visible: bool, visible: bool) {
        let change = |count: usize| count + usize::from(visible) - usize::from(was_visible);
        self.visible = change(self.visible);
        if rest.starts_with(&self.layout.local_owner) {
            self.local_visible = change(self.local_visible);
        }
    }
}
