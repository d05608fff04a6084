//! Lists the types whose serde form is known: the standard library's.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4},
    num::{NonZero, Saturating, Wrapping},
    time::{Duration, SystemTime},
};

use super::{Form, KnownForm};

macro_rules! known {
    ($($ty:ty),* $(,)?) => {$(
        impl KnownForm for $ty {}
    )*};
}

// Not `SocketAddrV6`, and so not `SocketAddr`: serde leaves out the scope.
known! {
    (), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
    String, Box<str>, Duration, SystemTime,
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4,
    NonZero<u8>, NonZero<u16>, NonZero<u32>, NonZero<u64>, NonZero<u128>, NonZero<usize>,
    NonZero<i8>, NonZero<i16>, NonZero<i32>, NonZero<i64>, NonZero<i128>, NonZero<isize>,
}

#[cfg(feature = "uuid")]
known!(uuid::Uuid);

macro_rules! known_if_their_parts_are {
    ($($ty:ty: $part:ident;)*) => {$(
        impl<$part: KnownForm> KnownForm for $ty {
            const FORM: Form = $part::FORM;

            fn is_derived() -> bool {
                $part::is_derived()
            }
        }
    )*};
}

known_if_their_parts_are! {
    Option<T>: T;
    Box<T>: T;
    Vec<T>: T;
    Box<[T]>: T;
    VecDeque<T>: T;
    LinkedList<T>: T;
    BTreeSet<T>: T;
    std::cmp::Reverse<T>: T;
    Wrapping<T>: T;
    Saturating<T>: T;
    PhantomData<T>: T;
}

impl<T: KnownForm, const N: usize> KnownForm for [T; N] {
    const FORM: Form = T::FORM;

    fn is_derived() -> bool {
        T::is_derived()
    }
}

impl<K: KnownForm, V: KnownForm> KnownForm for BTreeMap<K, V> {
    const FORM: Form = K::FORM.and(V::FORM);

    fn is_derived() -> bool {
        K::is_derived() && V::is_derived()
    }
}

impl<K: KnownForm, V: KnownForm, S> KnownForm for HashMap<K, V, S> {
    const FORM: Form = K::FORM.and(V::FORM);

    fn is_derived() -> bool {
        K::is_derived() && V::is_derived()
    }
}

impl<T, S> KnownForm for HashSet<T, S> {
    const FORM: Form = Form::Unordered;
}

macro_rules! tuples {
    ($($($part:ident),+;)*) => {$(
        impl<$($part: KnownForm),+> KnownForm for ($($part,)+) {
            const FORM: Form = Form::Known$(.and($part::FORM))+;

            fn is_derived() -> bool {
                true $(&& $part::is_derived())+
            }
        }
    )*};
}

tuples! {
    A;
    A, B;
    A, B, C;
    A, B, C, D;
    A, B, C, D, E;
    A, B, C, D, E, F;
    A, B, C, D, E, F, G;
    A, B, C, D, E, F, G, H;
}
