mod blocks;

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    ops::Bound,
};

use smallvec::SmallVec;

use self::blocks::{Blocks, Ranges};
use super::{
    bounds::{Bounds, Direction, is_empty},
    encoded::Place,
};
use crate::record::{NAMESPACE, split_schema};

/// The keys of all records in the order of their bytes.
///
/// A tree for what the application wrote and [blocks](blocks::Blocks) for what is foreign, for each schema: the
/// one is found without looking at the other, and walks merge them. The entries leave out what the schema's
/// keys share.
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

#[derive(Default)]
struct Keys {
    own: BTreeSet<Rest>,
    foreign: Ranges,
}

/// The bytes of a record key behind its access byte; of an opaque one, behind the namespace.
type Rest = SmallVec<[u8; 16]>;

/// Whose keys a walk meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The application's.
    Own,
    /// The application's, and others' that a type here can read.
    Readable,
    /// Others' that none can.
    Opaque,
    All,
}

impl Order {
    /// Adds a key that is not there yet.
    pub(super) fn insert(&mut self, key: &[u8], place: Place) {
        if place == Place::Opaque {
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
        if let Place::Foreign(slot) = place {
            self.foreign.insert(&mut keys.foreign, rest, slot);
        } else {
            keys.own.insert(rest);
        }
    }

    /// What removing a foreign record's key will need.
    pub(super) fn read_ahead(&self, slot: u32) -> Option<impl Copy> {
        self.foreign.read_ahead(slot)
    }

    pub(super) fn remove(&mut self, key: &[u8], place: Place) {
        let (schema, rest) = split_schema(key);
        let keys = self.schemas.get_mut(schema);
        match (place, keys) {
            (Place::Opaque, _) => {
                self.opaque.remove(behind_namespace(key));
                return;
            }
            (_, None) => return,
            (Place::Foreign(slot), Some(keys)) => {
                self.foreign.remove(&mut keys.foreign, rest, slot);
            }
            (Place::Own, Some(keys)) => {
                keys.own.remove(rest);
            }
        }
        let Some(keys) = self.schemas.get(schema) else { return };
        if keys.own.is_empty() && keys.foreign.is_empty() {
            self.schemas.remove(schema);
        }
    }

    /// The keys in a range, each in two parts, from the first or from the last on.
    pub(super) fn range<'a>(
        &'a self,
        bounds: Bounds<'a>,
        direction: Direction,
        whose: Whose,
    ) -> Walk<'a> {
        match whose {
            Whose::Own | Whose::Readable => self.readable(bounds, direction, whose),
            Whose::Opaque => self.opaque(bounds, direction),
            Whose::All => {
                let mut opaque = self.opaque(bounds, direction).peekable();
                let readable = self.readable(bounds, direction, Whose::Readable);
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

    fn readable<'a>(&'a self, bounds: Bounds<'a>, direction: Direction, whose: Whose) -> Walk<'a> {
        let schemas = self.schemas_in(bounds);
        let rows = move |(schema, keys): (&'a [u8], &'a Keys)| {
            let bounds = below(bounds.0, schema).zip(above(bounds.1, schema));
            self.rows(keys, bounds, direction, whose).map(move |rest| (schema, rest.as_slice()))
        };
        match direction {
            Direction::Forward => Box::new(schemas.flat_map(rows)),
            Direction::Reverse => Box::new(schemas.rev().flat_map(rows)),
        }
    }

    /// The schemas that may have keys in a range: none if its bounds are crossed, where a B-tree
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

    /// The keys of a schema in a range, none if there is no range.
    fn rows<'a>(
        &'a self,
        keys: &'a Keys,
        bounds: Option<Bounds<'a>>,
        direction: Direction,
        whose: Whose,
    ) -> Box<dyn Iterator<Item = &'a Rest> + 'a> {
        let Some(bounds) = bounds else { return Box::new(iter::empty()) };
        let own = keys.own.range::<[u8], _>(bounds);
        let foreign = (whose != Whose::Own)
            .then(|| self.foreign.range(&keys.foreign, bounds, direction))
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

/// Two sorted walks as one. No key is in both.
fn merge<T>(
    one: impl Iterator<Item = T>,
    other: impl Iterator<Item = T>,
    comes_first: fn(&T, &T) -> bool,
) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(a), Some(b)) if !comes_first(a, b) => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// The bytes of a key in two parts.
fn in_full<'a>(key: &(&'a [u8], &'a [u8])) -> impl Iterator<Item = &'a u8> {
    key.0.iter().chain(key.1)
}

fn behind_namespace(key: &[u8]) -> &[u8] {
    key.strip_prefix(NAMESPACE).expect("only record keys that were parsed are stored")
}

/// A lower bound as a tree's entries see it; `None` if all of them lie below it.
fn below<'a>(lower: Bound<&'a [u8]>, schema: &[u8]) -> Option<Bound<&'a [u8]>> {
    let (Bound::Included(key) | Bound::Excluded(key)) = lower else { return Some(lower) };
    match key.strip_prefix(schema) {
        Some(rest) => Some(lower.map(|_| rest)),
        None => (key < schema).then_some(Bound::Unbounded),
    }
}

/// An upper bound as a tree's entries see it; `None` if all of them lie above it.
fn above<'a>(upper: Bound<&'a [u8]>, schema: &[u8]) -> Option<Bound<&'a [u8]>> {
    let (Bound::Included(key) | Bound::Excluded(key)) = upper else { return Some(upper) };
    match key.strip_prefix(schema) {
        Some(rest) => Some(upper.map(|_| rest)),
        None => (key > schema).then_some(Bound::Unbounded),
    }
}
