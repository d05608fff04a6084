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

/// Declares a reason, and the types that it is about.
macro_rules! refused {
    ($reason:ident: $message:literal, $note:literal; $([$($generics:tt)*] $type:ty),+ $(,)?) => {
        #[diagnostic::on_unimplemented(message = $message, label = "not a key", note = $note)]
        trait $reason<'never, T>: Assume<T> {}

        $(
            #[doc(hidden)]
            impl<$($generics)*> NetabaseSchemaKey for $type
            where
                for<'never> Keys: $reason<'never, Self>,
            {
                fn encode_key(&self, _: &mut KeyWriter<'_>) {
                    unreachable!("the bound never holds")
                }

                fn decode_key(_: &mut KeyReader<'_>) -> Result<Self, KeyError> {
                    unreachable!("the bound never holds")
                }
            }
        )+
    };
}

refused! {
    HaveTotalOrder: "`{T}` cannot be a key or an index: it has no total order",
    "use an integer in a smaller unit, such as cents for a price";
    [] f32,
    [] f64
}

refused! {
    HaveFixedWidth: "`{T}` cannot be a key or an index: its width differs by platform",
    "use `u64`";
    [] usize,
    [] NonZeroUsize
}

refused! {
    HaveFixedSignedWidth: "`{T}` cannot be a key or an index: its width differs by platform",
    "use `i64`";
    [] isize,
    [] NonZeroIsize
}

refused! {
    IncludeNonZero: "`{T}` cannot be a key or an index: integers have key bytes, but not those without zero",
    "use the plain integer, such as `u64`";
    [] NonZeroU8,
    [] NonZeroU16,
    [] NonZeroU32,
    [] NonZeroU64,
    [] NonZeroU128,
    [] NonZeroI8,
    [] NonZeroI16,
    [] NonZeroI32,
    [] NonZeroI64,
    [] NonZeroI128
}

refused! {
    HaveStableEncoding: "`{T}` cannot be a key or an index: it is unordered, so it has no stable encoding",
    "use a sorted `Vec`";
    [K: 'static, V: 'static, S: 'static] HashMap<K, V, S>
}

refused! {
    IncludeMaps: "`{T}` cannot be a key or an index: maps have no key bytes",
    "use a sorted `Vec`";
    [K: 'static, V: 'static] BTreeMap<K, V>
}

refused! {
    IncludeSets: "`{T}` cannot be a key or an index: sets have no key bytes",
    "use a sorted `Vec`; to find a value by each element, write `#[netabase(index(multi))]`";
    [T: 'static, S: 'static] HashSet<T, S>,
    [T: 'static] BTreeSet<T>
}

refused! {
    IncludeLists: "`{T}` cannot be a key or an index: of lists only `Vec` and arrays have key bytes",
    "use a `Vec`; to find a value by each element, write `#[netabase(index(multi))]`";
    [T: 'static] VecDeque<T>,
    [T: 'static] LinkedList<T>,
    [T: 'static] BinaryHeap<T>
}

refused! {
    MayBorrow: "`{T}` cannot be a key or an index: a key owns its data",
    "use `String` for text, `Vec<u8>` for bytes";
    [] &'static str,
    [] &'static [u8],
    [T: ?Sized + ToOwned + 'static] Cow<'static, T>
}

refused! {
    IncludeText: "`{T}` cannot be a key or an index: of text only `String` has key bytes",
    "use `String`";
    [] PathBuf,
    [] OsString
}

refused! {
    IncludeCText: "`{T}` cannot be a key or an index: of bytes only `Vec<u8>` and arrays have key bytes",
    "use `Vec<u8>`";
    [] CString
}

refused! {
    MayShare: "`{T}` cannot be a key or an index: a key owns its data",
    "use the type inside; for `Rc<str>` or `Arc<str>` that is `String`";
    [T: ?Sized + 'static] Rc<T>,
    [T: ?Sized + 'static] Arc<T>
}

refused! {
    MayChange: "`{T}` cannot be a key or an index: it can change while it is a key",
    "use the type inside";
    [T: ?Sized + 'static] Cell<T>,
    [T: ?Sized + 'static] RefCell<T>,
    [T: ?Sized + 'static] Mutex<T>,
    [T: ?Sized + 'static] RwLock<T>
}

refused! {
    IncludeAddresses: "`{T}` cannot be a key or an index: addresses have no key bytes",
    "use its octets, `[u8; 4]` or `[u8; 16]`, or its text as `String`";
    [] IpAddr,
    [] Ipv4Addr,
    [] Ipv6Addr
}

refused! {
    IncludeSockets: "`{T}` cannot be a key or an index: addresses have no key bytes",
    "use its octets and its port, `([u8; 16], u16)`, or its text as `String`";
    [] SocketAddr,
    [] SocketAddrV4,
    [] SocketAddrV6
}

refused! {
    OutliveTheProcess: "`{T}` cannot be a key or an index: it means nothing in another process",
    "use `SystemTime`, which keys order by time";
    [] Instant
}

refused! {
    HaveBytes: "`{T}` cannot be a key or an index: it has only one value",
    "for a schema of one record use `u8`, and always 0";
    [] ()
}
