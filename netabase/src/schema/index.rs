//! Secondary indexes as a schema declares them: typed constants, and the entries of a value.

mod entries;

use std::{fmt, marker::PhantomData};

pub use self::entries::IndexWriter;
pub(crate) use self::entries::index_entries;

use super::{
    NetabaseSchema,
    key::{KeyWriter, NetabaseSchemaKey},
    lookup::{PartOf, PartPrefixOf},
};

/// An index of the schema `V` whose entries are looked up by a `K`.
///
/// The derive makes one constant for each `#[netabase(index)]`, named after its field:
/// `Airport::COUNTRY`.
pub struct Index<V, K> {
    id: usize,
    _types: PhantomData<fn() -> (V, K)>,
}

impl<V, K> Index<V, K> {
    /// The index at this place of [`NetabaseSchema::INDEXES`]. For the derive.
    // Without a bound: a schema with mistakes, which rustc reports, has constants as well.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(id: usize) -> Self {
        Self { id, _types: PhantomData }
    }
}

impl<V: NetabaseSchema, K> Index<V, K> {
    /// Its name: that of its field, or the one it was given.
    #[must_use]
    pub fn name(self) -> &'static str {
        V::INDEXES[self.id].name
    }

    pub(crate) fn id(self) -> usize {
        self.id
    }
}

impl<V, K> Clone for Index<V, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, K> Copy for Index<V, K> {}

impl<V: NetabaseSchema, K> fmt::Debug for Index<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index({}.{})", V::SCHEMA_NAME, self.name())
    }
}

/// The key of an index of several fields: a tuple of their types.
///
/// Looked up by a tuple of as many values; a prefix is a tuple of the leading ones.
#[derive(Debug)]
pub struct Composite<K>(PhantomData<fn() -> K>);

/// What a schema tells of one of its indexes.
#[derive(Clone, Copy)]
pub struct IndexInfo {
    /// Its name, unique in its schema.
    pub name: &'static str,
    /// `true` if a value may stand in one record only.
    pub unique: bool,
    /// Prints key bytes of the index.
    pub(crate) describe: fn(&[u8]) -> String,
}

impl IndexInfo {
    /// For the derive.
    #[doc(hidden)]
    #[must_use]
    pub const fn new<K: IndexKey>(name: &'static str, unique: bool) -> Self {
        Self { name, unique, describe: K::describe }
    }
}

impl fmt::Debug for IndexInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexInfo")
            .field("name", &self.name)
            .field("unique", &self.unique)
            .finish_non_exhaustive()
    }
}

/// What an index can be looked up by: a key, or [`Composite`] of several.
pub trait IndexKey {
    /// Prints the key with these bytes.
    #[doc(hidden)]
    fn describe(bytes: &[u8]) -> String;
}

impl<K: NetabaseSchemaKey> IndexKey for K {
    fn describe(bytes: &[u8]) -> String {
        describe::<K>(bytes)
    }
}

fn describe<K: NetabaseSchemaKey>(bytes: &[u8]) -> String {
    K::from_key_bytes(bytes)
        .map_or_else(|_| bytes.escape_ascii().to_string(), |key| format!("{key:?}"))
}

/// Stands for a key `K` of an index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of this index",
    label = "this index holds `{K}`",
    note = "an index is looked up by the type of its field, or `&str` for text; one of several fields by a tuple of all",
    note = "an index on a `Vec` holds it as a whole: to find a value by each item, write `#[netabase(index(multi))]`"
)]
pub trait IndexKeyOf<K> {
    /// Writes the key bytes.
    #[doc(hidden)]
    fn encode_index_key(&self, out: &mut KeyWriter<'_>);
}

#[diagnostic::do_not_recommend]
impl<K, Q: PartOf<K>> IndexKeyOf<K> for Q {
    fn encode_index_key(&self, out: &mut KeyWriter<'_>) {
        self.encode_part(out);
    }
}

/// Stands for what keys `K` of an index start with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prefix of this index's values",
    label = "prefix needs text, bytes or several fields",
    note = "for numbers use `range`; for an index of several fields give a tuple of the first ones: `(\"IS\",)`"
)]
pub trait IndexPrefixOf<K> {
    /// Writes the key bytes.
    #[doc(hidden)]
    fn encode_index_prefix(&self, out: &mut KeyWriter<'_>);
}

#[diagnostic::do_not_recommend]
impl<K, Q: PartPrefixOf<K>> IndexPrefixOf<K> for Q {
    fn encode_index_prefix(&self, out: &mut KeyWriter<'_>) {
        self.encode_part_prefix(out);
    }
}

/// Tuples of all parts are keys, tuples of the leading ones prefixes.
macro_rules! composite {
    ($(($($part:ident $form:ident $at:tt),+) ($($rest:ident),*);)*) => {$(
        impl<$($part: NetabaseSchemaKey),+> IndexKey for Composite<($($part,)+)> {
            fn describe(bytes: &[u8]) -> String {
                describe::<($($part,)+)>(bytes)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($part,)+ $($form: PartOf<$part>),+> IndexKeyOf<Composite<($($part,)+)>> for ($($form,)+) {
            fn encode_index_key(&self, out: &mut KeyWriter<'_>) {
                $(self.$at.encode_part(out);)+
            }
        }
    )*};
}

composite! {
    (A QA 0, B QB 1) ();
    (A QA 0, B QB 1, C QC 2) ();
    (A QA 0, B QB 1, C QC 2, D QD 3) ();
}

macro_rules! composite_prefix {
    ($(($($part:ident $form:ident $at:tt),+) of ($($all:ident),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($all,)+ $($form: PartOf<$part>),+> IndexPrefixOf<Composite<($($all,)+)>> for ($($form,)+) {
            fn encode_index_prefix(&self, out: &mut KeyWriter<'_>) {
                $(self.$at.encode_part(out);)+
            }
        }
    )*};
}

composite_prefix! {
    (A QA 0) of (A, B);
    (A QA 0) of (A, B, C);
    (A QA 0, B QB 1) of (A, B, C);
    (A QA 0) of (A, B, C, D);
    (A QA 0, B QB 1) of (A, B, C, D);
    (A QA 0, B QB 1, C QC 2) of (A, B, C, D);
}

/// Says of a field that it has no index.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Unindexed<V>(PhantomData<fn() -> V>);

impl<V> Unindexed<V> {
    /// For the derive.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only the derive makes them")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// An index of the schema `V`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an index of `{V}`",
    label = "not an index of this schema",
    note = "indexes are the schema's own constants, one for each `#[netabase(index)]`"
)]
pub trait IndexOf<V> {
    /// What it is looked up by.
    type Key;

    #[doc(hidden)]
    fn id(self) -> usize;
}

impl<V: NetabaseSchema, K> IndexOf<V> for Index<V, K> {
    type Key = K;

    fn id(self) -> usize {
        Index::id(self)
    }
}

impl<V> IndexOf<V> for Unindexed<V>
where
    Field: HasIndex<V>,
{
    // Of what does not hold this is no type, and rustc reports nothing about what is none.
    type Key = <Field as HasIndex<V>>::Key;

    fn id(self) -> usize {
        0
    }
}

/// What [`HasIndex`] is asked of: the bound has to be about another type to show its own text.
#[doc(hidden)]
#[derive(Debug)]
pub struct Field;

/// Never implemented.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this field of `{V}` has no index",
    label = "a field without index",
    note = "write `#[netabase(index)]` on the field"
)]
pub trait HasIndex<V> {
    /// Stands where a type has to stand.
    type Key;
}
