use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use smallvec::SmallVec;

use crate::record::split_schema;

/// The keys of all records in the order of their bytes.
///
/// A tree a schema, whose entries leave out what the schema's keys share. What is left fits into
/// the entry itself for most keys: comparing two then costs no jump to memory elsewhere, which is
/// most of the time an insert takes. (Sharing the `MemoryStore`'s key bytes costs 32 bytes an
/// entry and such a jump.)
#[derive(Default)]
pub(super) struct Order {
    schemas: BTreeMap<Box<[u8]>, BTreeSet<Rest>>,
    len: usize,
}

/// The bytes of a record key behind its access byte.
type Rest = SmallVec<[u8; 16]>;

/// A range of keys.
pub(super) type Bounds<'a> = (Bound<&'a [u8]>, Bound<&'a [u8]>);

impl Order {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a key that is not there yet.
    pub(super) fn insert(&mut self, key: &[u8]) {
        let (schema, rest) = split_schema(key);
        let rest = Rest::from_slice(rest);
        let added = match self.schemas.get_mut(schema) {
            Some(keys) => keys.insert(rest),
            None => self.schemas.insert(schema.into(), BTreeSet::from([rest])).is_none(),
        };
        self.len += usize::from(added);
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        let (schema, rest) = split_schema(key);
        let Some(keys) = self.schemas.get_mut(schema) else { return };
        self.len -= usize::from(keys.remove(rest));
        if keys.is_empty() {
            self.schemas.remove(schema);
        }
    }

    /// The keys in a range, each in two parts.
    pub(super) fn range<'a>(
        &'a self,
        bounds: Bounds<'a>,
    ) -> impl DoubleEndedIterator<Item = (&'a [u8], &'a [u8])> {
        self.schemas_in(bounds).flat_map(move |(schema, keys)| {
            let bounds = (below(bounds.0, schema), above(bounds.1, schema));
            let keys = match bounds {
                (Some(lower), Some(upper)) => Some(keys.range::<[u8], _>((lower, upper))),
                _ => None,
            };
            keys.into_iter().flatten().map(move |rest| (schema.as_ref(), rest.as_slice()))
        })
    }

    /// The trees that may hold keys of a range: none if its bounds are crossed, where a B-tree
    /// would panic.
    fn schemas_in<'a>(
        &'a self,
        bounds: Bounds<'a>,
    ) -> impl DoubleEndedIterator<Item = (&'a Box<[u8]>, &'a BTreeSet<Rest>)> {
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
        range.into_iter().flatten()
    }
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

pub(super) fn is_empty(bounds: Bounds<'_>) -> bool {
    use Bound::{Excluded, Included, Unbounded};
    match bounds {
        (Unbounded, _) | (_, Unbounded) => false,
        (Included(low), Included(high)) => low > high,
        (Included(low) | Excluded(low), Included(high) | Excluded(high)) => low >= high,
    }
}

/// The end of the range of all byte strings that start with `prefix`.
pub(crate) fn end_of_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let Some(last) = prefix.iter().rposition(|&byte| byte != u8::MAX) else {
        return Bound::Unbounded;
    };
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Bound::Excluded(end)
}
