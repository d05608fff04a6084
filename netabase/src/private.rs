//! What the derives' output calls, beside the re-exports. Not public API: it changes with them.

use std::fmt::Display;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use crate::schema::Unindexed;
use crate::{Invalid, KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

// The derive names these under the user's types, so that rustc reports a missing impl there.

/// A part of a key. (Naming a method of the trait would ask for its supertraits first.)
pub fn assert_key<T: NetabaseSchemaKey>() {}

/// A type that is read the same whether owned or borrowed as `&B`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the standard library's, so its borrowed view does not match it",
    label = "no borrowed form",
    note = "mark the field `#[netabase(owned)]`"
)]
pub trait BorrowsAs<B: ?Sized> {
    /// Named to ask for the impl.
    const HOLDS: () = ();
}

impl BorrowsAs<str> for String {}

impl BorrowsAs<[u8]> for Vec<u8> {}

/// A type that an index can order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be indexed",
    label = "not a key",
    note = "an index orders its values by their key bytes, so it takes what a key takes"
)]
pub trait Indexed {
    /// Named to ask for the impl.
    const HOLDS: () = ();
}

#[diagnostic::do_not_recommend]
impl<T: NetabaseSchemaKey> Indexed for T {}

/// A collection of which each element is an entry of the index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be indexed by its elements: `multi` needs a Vec or a set",
    label = "not a Vec or set of keys",
    note = "index the value as a whole: `#[netabase(index)]`"
)]
pub trait MultiIndexed {
    /// What is looked up.
    type Element: NetabaseSchemaKey;

    /// Named to ask for the impl.
    const HOLDS: () = ();

    /// Shows every element.
    fn each(&self, show: impl FnMut(&Self::Element));
}

#[diagnostic::do_not_recommend]
impl<T: NetabaseSchemaKey> MultiIndexed for Vec<T> {
    type Element = T;

    fn each(&self, show: impl FnMut(&T)) {
        self.iter().for_each(show);
    }
}

#[diagnostic::do_not_recommend]
impl<T: NetabaseSchemaKey> MultiIndexed for std::collections::BTreeSet<T> {
    type Element = T;

    fn each(&self, show: impl FnMut(&T)) {
        self.iter().for_each(show);
    }
}

#[diagnostic::do_not_recommend]
impl<T: NetabaseSchemaKey, S> MultiIndexed for std::collections::HashSet<T, S> {
    type Element = T;

    fn each(&self, show: impl FnMut(&T)) {
        self.iter().for_each(show);
    }
}

/// Runs the function of `#[netabase(validate = path)]`.
///
/// # Errors
///
/// The user's own, as text.
pub fn validate<T, E: Display>(
    value: &T,
    function: fn(&T) -> Result<(), E>,
) -> Result<(), Invalid> {
    function(value).map_err(Invalid::new)
}

/// Runs the function of `#[netabase(merge = path)]`.
pub fn merge<T>(ours: &T, theirs: &T, function: fn(&T, &T) -> T) -> T {
    function(ours, theirs)
}

/// Never implemented: says why an `owned` schema has no conversion to a record.
#[diagnostic::on_unimplemented(
    message = "a record of `{Self}` needs its owner, who is part of the key and signs the value",
    label = "the owner is not known here",
    note = "the database knows it: `database.to_record(&value)`"
)]
pub trait OwnerIsKnown<'never> {
    /// Stands where code has to stand.
    fn never<R>(&self) -> R;
}

// Stand-ins for what the derive could not write because of mistakes it reported.

/// What [`NetabaseSchema`](crate::NetabaseSchema) asks of a type.
pub trait StubSchema: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> StubSchema for T {}

/// What [`NetabaseSchemaKey`] asks of a type.
pub trait StubKeyBounds:
    Clone + std::fmt::Debug + Ord + std::hash::Hash + Send + Sync + 'static
{
}

impl<T: Clone + std::fmt::Debug + Ord + std::hash::Hash + Send + Sync + 'static> StubKeyBounds
    for T
{
}

/// The key of a schema whose key is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StubKey;

impl StubKey {
    /// Takes what a key of one part takes.
    #[must_use]
    pub fn new<T>(_: T) -> Self {
        Self
    }
}

impl NetabaseSchemaKey for StubKey {
    fn encode_key(&self, _: &mut KeyWriter<'_>) {}

    fn decode_key(_: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        Ok(Self)
    }
}

impl crate::KeyOf<Self> for StubKey {
    fn encode_key_of(&self, _: &mut KeyWriter<'_>) {}
}

/// The borrowed view of a schema whose fields are not known.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct StubRef<'a>(std::marker::PhantomData<&'a ()>);
