//! What the derives' output calls, beside the re-exports. Not public API: it changes with them.

mod collections;

mod stub;

use std::fmt::Display;

pub use self::{
    collections::MultiIndexed,
    stub::{StubKeyBounds, StubRef, StubSchema, stub_key},
};
pub use crate::schema::{
    Comparison, FieldCheck, FieldForm, Form, KnownForm, NoComparison, NoSerde, Order, Ordered,
    Probe, Serde, SerdeDerives, SerdeShape, Unindexed, UnknownForm, all_equal, all_known,
    is_ordered,
};
use crate::{Invalid, KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

// The derive names these under the user's types, so that rustc reports a missing impl there.

/// A part of a key. (Naming a method of the trait would ask for its supertraits first.)
pub fn assert_key<T: NetabaseSchemaKey>() {}

/// A field of a schema.
pub fn assert_thread_safe<T: ThreadSafe + ?Sized>() {}

/// A type of which a value can be read by any thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored: any thread may read a stored value",
    label = "not `Send` and `Sync`",
    note = "store the data itself: `String` for `Rc<str>`, `u8` for `Cell<u8>` or `RefCell<u8>`",
    note = "a stored value changes only by being written again, so a lock or an atomic gains nothing"
)]
pub trait ThreadSafe: Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + ?Sized> ThreadSafe for T {}

/// How a part of a key is written and read.
#[derive(Debug)]
pub struct Part<T> {
    /// [`NetabaseSchemaKey::encode_key`]
    pub encode: fn(&T, &mut KeyWriter<'_>),
    /// [`NetabaseSchemaKey::decode_key`]
    pub decode: fn(&mut KeyReader<'_>) -> Result<T, KeyError>,
}

/// Both in one function: of two mistakes that look the same, rustc reports one.
#[inline]
#[must_use]
pub fn part<T: NetabaseSchemaKey>() -> Part<T> {
    Part { encode: T::encode_key, decode: T::decode_key }
}

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
    note = "a store knows the owner and signs: write `database.to_record(&value)`"
)]
pub trait OwnerIsKnown<'never> {
    /// Stands where code has to stand.
    fn never<R>(&self) -> R;
}
