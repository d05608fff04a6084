//! The keys of all rows in the order of their bytes, those that databases show apart from the others.

mod blocks;

mod walk;

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    ops::Bound,
};

use smallvec::SmallVec;

use self::{
    blocks::{Blocks, Ranges},
    walk::{above, behind_namespace, below, in_full, merge},
};
use crate::{
    record::{NAMESPACE, split_schema},
    store::bounds::{Bounds, Direction, is_empty},
};

/// The keys of all rows in the order of their bytes.
///
/// For each schema, a tree for what the application wrote and [blocks](blocks::Blocks) for what is foreign, and of
/// both one for what databases show and one for what they do not (tombstones, what is held for peers): a walk finds
/// what it shows without a look at the rest, and merges what it needs of them. The entries leave out what the
/// schema's keys share.
/// What is left fits into the entry itself for most keys: comparing two then costs no jump to
/// memory elsewhere, which is most of the time an insert takes. (Sharing the `MemoryStore`'s key bytes
/// costs 32 bytes an entry and such a jump.)
///
/// And one for all that is opaque: so invented names cost no trees, and typed walks never meet such keys.
#[derive(Default)]
pub(super) struct Order {
    schemas: BTreeMap<Box<[u8]>, Keys>,
    /// Of all schemas.
    foreign: Blocks,
    /// Behind [`NAMESPACE`].
    opaque: BTreeSet<Rest>,
}

/// The keys of one schema.
#[derive(Default)]
struct Keys {
    shown: Half,
    hidden: Half,
}

/// Those of them that databases show, or that they do not.
#[derive(Default)]
struct Half {
    own: BTreeSet<Rest>,
    foreign: Ranges,
}

/// The bytes of a record key behind its access byte; of an opaque one, behind the namespace.
type Rest = SmallVec<[u8; 16]>;

/// The part of the order that a key is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Own {
        shown: bool,
    },
    /// With its slot, which all foreign rows have.
    Foreign {
        shown: bool,
        slot: u32,
    },
    Opaque,
}

/// The parts that a walk meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Selection {
    /// What the application wrote and databases show.
    ShownOwn,
    /// All that the application wrote.
    Own,
    /// What databases show.
    Shown,
    /// All but what is opaque.
    Readable,
    All,
}

impl Selection {
    fn has_hidden(self) -> bool {
        !matches!(self, Self::ShownOwn | Self::Shown)
    }

    fn has_foreign(self) -> bool {
        !matches!(self, Self::ShownOwn | Self::Own)
    }
}

impl Keys {
    fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.hidden.is_empty()
    }

    fn half(&mut self, shown: bool) -> &mut Half {
        if shown { &mut self.shown } else { &mut self.hidden }
    }
}

impl Half {
    fn is_empty(&self) -> bool {
        self.own.is_empty() && self.foreign.is_empty()
    }
}

impl Order {
    /// Adds a key that is not there yet.
    pub(super) fn insert(&mut self, key: &[u8], section: Section) {
        if section == Section::Opaque {
            self.opaque.insert(Rest::from_slice(behind_namespace(key)));
            return;
        }
        let (schema, rest) = split_schema(key);
        let rest = Rest::from_slice(rest);
        let keys = match self.schemas.get_mut(schema) {
            Some(keys) => keys,
            // The schema's name is copied for its first key only.
            None => self.schemas.entry(schema.into()).or_default(),
        };
        match section {
            Section::Opaque => {}
            Section::Own { shown } => {
                keys.half(shown).own.insert(rest);
            }
            Section::Foreign { shown, slot } => {
                self.foreign.insert(&mut keys.half(shown).foreign, rest, slot);
            }
        }
    }

    /// Reads what removing a foreign row's key will need.
    pub(super) fn read_ahead(&self, slot: u32) -> Option<impl Copy> {
        self.foreign.read_ahead(slot)
    }

    pub(super) fn remove(&mut self, key: &[u8], section: Section) {
        if section == Section::Opaque {
            self.opaque.remove(behind_namespace(key));
            return;
        }
        let (schema, rest) = split_schema(key);
        let Some(keys) = self.schemas.get_mut(schema) else { return };
        match section {
            Section::Opaque => {}
            Section::Own { shown } => {
                keys.half(shown).own.remove(rest);
            }
            Section::Foreign { shown, slot } => {
                self.foreign.remove(&mut keys.half(shown).foreign, rest, slot);
            }
        }
        if keys.is_empty() {
            self.schemas.remove(schema);
        }
    }

    /// Returns the keys in a range, each in two parts, from the first or from the last on.
    pub(super) fn range<'a>(
        &'a self,
        bounds: Bounds<'a>,
        direction: Direction,
        selection: Selection,
    ) -> Walk<'a> {
        match selection {
            Selection::All => {
                let mut opaque = self.opaque(bounds, direction).peekable();
                let readable = self.readable(bounds, direction, Selection::Readable);
                match direction {
                    _ if opaque.peek().is_none() => readable,
                    Direction::Forward => {
                        Box::new(merge(readable, opaque, |a, b| in_full(a).lt(in_full(b))))
                    }
                    Direction::Reverse => {
                        Box::new(merge(readable, opaque, |a, b| in_full(a).gt(in_full(b))))
                    }
                }
            }
            _ => self.readable(bounds, direction, selection),
        }
    }

    fn opaque<'a>(&'a self, bounds: Bounds<'a>, direction: Direction) -> Walk<'a> {
        let bounds = below(bounds.0, NAMESPACE).zip(above(bounds.1, NAMESPACE));
        let bounds = bounds.filter(|bounds| !is_empty(*bounds));
        let keys = bounds.map(|bounds| self.opaque.range::<[u8], _>(bounds));
        let keys = keys.into_iter().flatten().map(|rest| (NAMESPACE, rest.as_slice()));
        match direction {
            Direction::Forward => Box::new(keys),
            Direction::Reverse => Box::new(keys.rev()),
        }
    }

    fn readable<'a>(
        &'a self,
        bounds: Bounds<'a>,
        direction: Direction,
        selection: Selection,
    ) -> Walk<'a> {
        let schemas = self.schemas_in(bounds);
        let rows = move |(schema, keys): (&'a [u8], &'a Keys)| {
            let bounds = below(bounds.0, schema).zip(above(bounds.1, schema));
            self.rows(keys, bounds, direction, selection).map(move |rest| (schema, rest.as_slice()))
        };
        match direction {
            Direction::Forward => Box::new(schemas.flat_map(rows)),
            Direction::Reverse => Box::new(schemas.rev().flat_map(rows)),
        }
    }

    /// Returns the schemas that may have keys in a range: none if its bounds are crossed, where a B-tree
    /// would panic.
    fn schemas_in<'a>(
        &'a self,
        bounds: Bounds<'a>,
    ) -> impl DoubleEndedIterator<Item = (&'a [u8], &'a Keys)> {
        let first = match bounds.0 {
            // The lower bound lies behind the last schema that is not larger.
            Bound::Included(lower) | Bound::Excluded(lower) => {
                let up_to = (Bound::Unbounded, Bound::Included(lower));
                let before = self.schemas.range::<[u8], _>(up_to).next_back();
                Bound::Included(before.map_or(lower, |(schema, _)| schema.as_ref()))
            }
            Bound::Unbounded => Bound::Unbounded,
        };
        let last = match bounds.1 {
            Bound::Included(upper) | Bound::Excluded(upper) => Bound::Included(upper),
            Bound::Unbounded => Bound::Unbounded,
        };
        let range = (!is_empty(bounds)).then(|| self.schemas.range::<[u8], _>((first, last)));
        range.into_iter().flatten().map(|(schema, keys)| (schema.as_ref(), keys))
    }

    /// Returns the keys of a schema in a range, none if there is no range.
    fn rows<'a>(
        &'a self,
        keys: &'a Keys,
        bounds: Option<Bounds<'a>>,
        direction: Direction,
        selection: Selection,
    ) -> Box<dyn Iterator<Item = &'a Rest> + 'a> {
        let Some(bounds) = bounds else { return Box::new(iter::empty()) };
        let with_foreign = selection.has_foreign();
        let shown = self.half(&keys.shown, bounds, direction, with_foreign);
        if !selection.has_hidden() || keys.hidden.is_empty() {
            return shown;
        }
        let hidden = self.half(&keys.hidden, bounds, direction, with_foreign);
        match direction {
            Direction::Forward => Box::new(merge(shown, hidden, |a, b| a < b)),
            Direction::Reverse => Box::new(merge(shown, hidden, |a, b| a > b)),
        }
    }

    fn half<'a>(
        &'a self,
        half: &'a Half,
        bounds: Bounds<'a>,
        direction: Direction,
        with_foreign: bool,
    ) -> Box<dyn Iterator<Item = &'a Rest> + 'a> {
        let own = half.own.range::<[u8], _>(bounds);
        let foreign = (with_foreign && !half.foreign.is_empty())
            .then(|| self.foreign.range(&half.foreign, bounds, direction))
            .into_iter()
            .flatten();
        match direction {
            Direction::Forward => Box::new(merge(own, foreign, |own, other| own < other)),
            Direction::Reverse => Box::new(merge(own.rev(), foreign, |own, other| own > other)),
        }
    }
}

/// A walk over keys, each in two parts.
type Walk<'a> = Box<dyn Iterator<Item = (&'a [u8], &'a [u8])> + 'a>;
