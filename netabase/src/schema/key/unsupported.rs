//! Types that cannot be keys, each with its reason.
//!
//! `#[diagnostic::on_unimplemented]` of a trait cannot tell one type from another. So these types
//! do implement the trait, under a condition that never holds and that carries the reason: rustc
//! reports the condition. Three details make it work:
//!
//! - The lifetime in the condition lets stable Rust accept an impossible bound.
//! - The condition is on [`Keys`], not on the type: rustc prefers the text of the outer bound while
//!   both are about one type.
//! - The condition implies, through [`Assume`], what the type lacks to be a key.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt::Debug,
    hash::Hash,
};

use super::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

/// What the conditions are on.
struct Keys;

/// `<Keys as Of<T>>::Type` is `T`.
trait Of<T> {
    type Type;
}

impl<T> Of<T> for Keys {
    type Type = T;
}

/// Where this is a bound, `T` has the supertraits of a key.
trait Assume<T>: Of<T, Type: Clone + Debug + Ord + Hash + Send + Sync> + Of<T, Type = T> {}

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key: it has no total order",
    label = "not a key",
    note = "use an integer, or a newtype with its own key impl"
)]
trait HaveTotalOrder<'never, T>: Assume<T> {}

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key: its width differs by platform",
    label = "not a key",
    note = "use `u64`"
)]
trait HaveFixedWidth<'never, T>: Assume<T> {}

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key: its width differs by platform",
    label = "not a key",
    note = "use `i64`"
)]
trait HaveFixedSignedWidth<'never, T>: Assume<T> {}

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key: it is unordered, so it has no stable encoding",
    label = "not a key",
    note = "use a sorted `Vec`"
)]
trait HaveStableEncoding<'never, T>: Assume<T> {}

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key: maps and sets have no key bytes",
    label = "not a key",
    note = "use a sorted `Vec`"
)]
trait IncludeMaps<'never, T>: Assume<T> {}

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key: a key owns its data",
    label = "not a key",
    note = "use `String` for text, `Vec<u8>` for bytes"
)]
trait MayBorrow<'never, T>: Assume<T> {}

macro_rules! never {
    () => {
        fn encode_key(&self, _: &mut KeyWriter<'_>) {
            unreachable!("the bound never holds")
        }

        fn decode_key(_: &mut KeyReader<'_>) -> Result<Self, KeyError> {
            unreachable!("the bound never holds")
        }
    };
}

#[doc(hidden)]
impl NetabaseSchemaKey for f32
where
    for<'never> Keys: HaveTotalOrder<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl NetabaseSchemaKey for f64
where
    for<'never> Keys: HaveTotalOrder<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl NetabaseSchemaKey for usize
where
    for<'never> Keys: HaveFixedWidth<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl NetabaseSchemaKey for isize
where
    for<'never> Keys: HaveFixedSignedWidth<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl<K: 'static, V: 'static, S: 'static> NetabaseSchemaKey for HashMap<K, V, S>
where
    for<'never> Keys: HaveStableEncoding<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl<T: 'static, S: 'static> NetabaseSchemaKey for HashSet<T, S>
where
    for<'never> Keys: HaveStableEncoding<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl<K: 'static, V: 'static> NetabaseSchemaKey for BTreeMap<K, V>
where
    for<'never> Keys: IncludeMaps<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl<T: 'static> NetabaseSchemaKey for BTreeSet<T>
where
    for<'never> Keys: IncludeMaps<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl NetabaseSchemaKey for &'static str
where
    for<'never> Keys: MayBorrow<'never, Self>,
{
    never!();
}

#[doc(hidden)]
impl NetabaseSchemaKey for &'static [u8]
where
    for<'never> Keys: MayBorrow<'never, Self>,
{
    never!();
}
