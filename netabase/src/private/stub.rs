//! Stand-ins for what the derives could not write because of mistakes that they reported.

use std::{fmt::Debug, hash::Hash, marker::PhantomData};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What [`NetabaseSchema`](crate::NetabaseSchema) asks of a type.
pub trait StubSchema: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> StubSchema for T {}

/// What [`NetabaseSchemaKey`](crate::NetabaseSchemaKey) asks of a type.
pub trait StubKeyBounds: Clone + Debug + Ord + Hash + Send + Sync + 'static {}

impl<T: Clone + Debug + Ord + Hash + Send + Sync + 'static> StubKeyBounds for T {}

/// The borrowed view of a schema whose fields are not known.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct StubRef<'a>(PhantomData<&'a ()>);

/// The key of a schema whose key is not known: made from, and found by, whatever a key may be.
///
/// A type of its own in the crate with the mistake. Were it here, rustc would show its many impls
/// to whoever looks up a proper schema by something wrong.
#[doc(hidden)]
#[macro_export]
macro_rules! __stub_key {
    ($vis:vis $key:ident) => {
        #[doc(hidden)]
        #[allow(dead_code)]
        #[derive(
            ::core::clone::Clone,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
            ::core::cmp::PartialOrd,
            ::core::cmp::Ord,
            ::core::hash::Hash,
        )]
        $vis struct $key;

        #[allow(dead_code)]
        impl $key {
            $vis fn new<T>(_: T) -> Self {
                Self
            }
        }

        impl $crate::NetabaseSchemaKey for $key {
            fn encode_key(&self, _: &mut $crate::KeyWriter<'_>) {}

            fn decode_key(
                _: &mut $crate::KeyReader<'_>,
            ) -> ::core::result::Result<Self, $crate::KeyError> {
                ::core::result::Result::Ok(Self)
            }
        }

        $crate::__stub_key! { @found by $key
            [] $key;
            [] ::core::primitive::str;
            [] [::core::primitive::u8];
        }

        $crate::__stub_key! { @made from $key
            [] ::core::primitive::bool;
            [] ::core::primitive::char;
            [] ::core::primitive::u8;
            [] ::core::primitive::u16;
            [] ::core::primitive::u32;
            [] ::core::primitive::u64;
            [] ::core::primitive::u128;
            [] ::core::primitive::i8;
            [] ::core::primitive::i16;
            [] ::core::primitive::i32;
            [] ::core::primitive::i64;
            [] ::core::primitive::i128;
            [] ::std::string::String;
            [T] ::std::vec::Vec<T>;
            [T, const N: usize] [T; N];
            [A] (A,);
            [A, B] (A, B);
            [A, B, C] (A, B, C);
            [A, B, C, D] (A, B, C, D);
            [A, B, C, D, E] (A, B, C, D, E);
        }

        impl ::core::convert::From<&::core::primitive::str> for $key {
            fn from(_: &::core::primitive::str) -> Self {
                Self
            }
        }
    };
    (@made from $key:ident $([$($generics:tt)*] $form:ty;)*) => {$(
        $crate::__stub_key! { @found by $key [$($generics)*] $form; }

        impl<$($generics)*> ::core::convert::From<$form> for $key {
            fn from(_: $form) -> Self {
                Self
            }
        }
    )*};
    (@found by $key:ident $([$($generics:tt)*] $form:ty;)*) => {$(
        impl<$($generics)*> $crate::KeyOf<$key> for $form {
            fn encode_key_of(&self, _: &mut $crate::KeyWriter<'_>) {}
        }

        impl<$($generics)*> $crate::PrefixOf<$key> for $form {
            fn encode_prefix_of(&self, _: &mut $crate::KeyWriter<'_>) {}
        }
    )*};
}

pub use __stub_key as stub_key;
