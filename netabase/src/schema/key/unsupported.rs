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
//!
//! Types that no trait here names get the text of [`NetabaseSchemaKey`] itself.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    ffi::{CString, OsString},
    fmt::Debug,
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    num::{
        NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
        NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    },
    path::PathBuf,
    rc::Rc,
    sync::{Arc, Mutex, RwLock},
    time::Instant,
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

/// Implements the trait for a type that is refused. The header is written out: rustc shows it.
macro_rules! never {
    ($($header:tt)*) => {
        #[doc(hidden)]
        $($header)* {
            fn encode_key(&self, _: &mut KeyWriter<'_>) {
                unreachable!("the bound never holds")
            }

            fn decode_key(_: &mut KeyReader<'_>) -> Result<Self, KeyError> {
                unreachable!("the bound never holds")
            }
        }
    };
}

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: it has no total order",
    label = "not a key",
    note = "use an integer in a smaller unit, such as cents for a price"
)]
trait HaveTotalOrder<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for f32 where for<'never> Keys: HaveTotalOrder<'never, Self> }
never! { impl NetabaseSchemaKey for f64 where for<'never> Keys: HaveTotalOrder<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: its width differs by platform",
    label = "not a key",
    note = "use `u64`"
)]
trait HaveFixedWidth<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for usize where for<'never> Keys: HaveFixedWidth<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroUsize where for<'never> Keys: HaveFixedWidth<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: its width differs by platform",
    label = "not a key",
    note = "use `i64`"
)]
trait HaveFixedSignedWidth<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for isize where for<'never> Keys: HaveFixedSignedWidth<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroIsize where for<'never> Keys: HaveFixedSignedWidth<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: integers have key bytes, but not those without zero",
    label = "not a key",
    note = "use the plain integer, such as `u64`"
)]
trait IncludeNonZero<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for NonZeroU8 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroU16 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroU32 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroU64 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroU128 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroI8 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroI16 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroI32 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroI64 where for<'never> Keys: IncludeNonZero<'never, Self> }
never! { impl NetabaseSchemaKey for NonZeroI128 where for<'never> Keys: IncludeNonZero<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: it is unordered, so it has no stable encoding",
    label = "not a key",
    note = "use a sorted `Vec`"
)]
trait HaveStableEncoding<'never, T>: Assume<T> {}

never! { impl<K: 'static, V: 'static, S: 'static> NetabaseSchemaKey for HashMap<K, V, S> where for<'never> Keys: HaveStableEncoding<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: maps have no key bytes",
    label = "not a key",
    note = "use a sorted `Vec`"
)]
trait IncludeMaps<'never, T>: Assume<T> {}

never! { impl<K: 'static, V: 'static> NetabaseSchemaKey for BTreeMap<K, V> where for<'never> Keys: IncludeMaps<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: sets have no key bytes",
    label = "not a key",
    note = "use a sorted `Vec`; to find a value by each element, write `#[netabase(index(multi))]`"
)]
trait IncludeSets<'never, T>: Assume<T> {}

never! { impl<T: 'static, S: 'static> NetabaseSchemaKey for HashSet<T, S> where for<'never> Keys: IncludeSets<'never, Self> }
never! { impl<T: 'static> NetabaseSchemaKey for BTreeSet<T> where for<'never> Keys: IncludeSets<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: of lists only `Vec` and arrays have key bytes",
    label = "not a key",
    note = "use a `Vec`; to find a value by each element, write `#[netabase(index(multi))]`"
)]
trait IncludeLists<'never, T>: Assume<T> {}

never! { impl<T: 'static> NetabaseSchemaKey for VecDeque<T> where for<'never> Keys: IncludeLists<'never, Self> }
never! { impl<T: 'static> NetabaseSchemaKey for LinkedList<T> where for<'never> Keys: IncludeLists<'never, Self> }
never! { impl<T: 'static> NetabaseSchemaKey for BinaryHeap<T> where for<'never> Keys: IncludeLists<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: a key owns its data",
    label = "not a key",
    note = "use `String` for text, `Vec<u8>` for bytes"
)]
trait MayBorrow<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for &'static str where for<'never> Keys: MayBorrow<'never, Self> }
never! { impl NetabaseSchemaKey for &'static [u8] where for<'never> Keys: MayBorrow<'never, Self> }
never! { impl<T: ?Sized + ToOwned + 'static> NetabaseSchemaKey for Cow<'static, T> where for<'never> Keys: MayBorrow<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: of text only `String` has key bytes",
    label = "not a key",
    note = "use `String`"
)]
trait IncludeText<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for PathBuf where for<'never> Keys: IncludeText<'never, Self> }
never! { impl NetabaseSchemaKey for OsString where for<'never> Keys: IncludeText<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: of bytes only `Vec<u8>` and arrays have key bytes",
    label = "not a key",
    note = "use `Vec<u8>`"
)]
trait IncludeCText<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for CString where for<'never> Keys: IncludeCText<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: a key owns its data",
    label = "not a key",
    note = "use the type inside; for `Rc<str>` or `Arc<str>` that is `String`"
)]
trait MayShare<'never, T>: Assume<T> {}

never! { impl<T: ?Sized + 'static> NetabaseSchemaKey for Rc<T> where for<'never> Keys: MayShare<'never, Self> }
never! { impl<T: ?Sized + 'static> NetabaseSchemaKey for Arc<T> where for<'never> Keys: MayShare<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: it can change while it is a key",
    label = "not a key",
    note = "use the type inside"
)]
trait MayChange<'never, T>: Assume<T> {}

never! { impl<T: ?Sized + 'static> NetabaseSchemaKey for Cell<T> where for<'never> Keys: MayChange<'never, Self> }
never! { impl<T: ?Sized + 'static> NetabaseSchemaKey for RefCell<T> where for<'never> Keys: MayChange<'never, Self> }
never! { impl<T: ?Sized + 'static> NetabaseSchemaKey for Mutex<T> where for<'never> Keys: MayChange<'never, Self> }
never! { impl<T: ?Sized + 'static> NetabaseSchemaKey for RwLock<T> where for<'never> Keys: MayChange<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: addresses have no key bytes",
    label = "not a key",
    note = "use its octets, `[u8; 4]` or `[u8; 16]`, or its text as `String`"
)]
trait IncludeAddresses<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for IpAddr where for<'never> Keys: IncludeAddresses<'never, Self> }
never! { impl NetabaseSchemaKey for Ipv4Addr where for<'never> Keys: IncludeAddresses<'never, Self> }
never! { impl NetabaseSchemaKey for Ipv6Addr where for<'never> Keys: IncludeAddresses<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: addresses have no key bytes",
    label = "not a key",
    note = "use its octets and its port, `([u8; 16], u16)`, or its text as `String`"
)]
trait IncludeSockets<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for SocketAddr where for<'never> Keys: IncludeSockets<'never, Self> }
never! { impl NetabaseSchemaKey for SocketAddrV4 where for<'never> Keys: IncludeSockets<'never, Self> }
never! { impl NetabaseSchemaKey for SocketAddrV6 where for<'never> Keys: IncludeSockets<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: it means nothing in another process",
    label = "not a key",
    note = "use `SystemTime`, which keys order by time"
)]
trait OutliveTheProcess<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for Instant where for<'never> Keys: OutliveTheProcess<'never, Self> }

#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be a key or an index: it has only one value",
    label = "not a key",
    note = "for a schema of one record use `u8`, and always 0"
)]
trait HaveBytes<'never, T>: Assume<T> {}

never! { impl NetabaseSchemaKey for () where for<'never> Keys: HaveBytes<'never, Self> }
