//! A schema that a macro made.

use ::db::NetabaseSchema;
use ::serde::{Deserialize, Serialize};
use ::std::{clone::Clone, cmp::PartialEq, fmt::Debug, option::Option, string::String};

macro_rules! schema {
    ($(#[$doc:meta])* $vis:vis $name:ident, $wire:literal, $key:ident: $key_type:ty, $($field:ident: $type:ty),*) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
        #[netabase(crate = "::db", name = $wire, access = "open")]
        $vis struct $name {
            /// Given to the macro.
            #[netabase(key)]
            pub $key: $key_type,
            $(
                /// Given to the macro.
                #[netabase(index)]
                pub $field: $type,
            )*
            /// Always there, and named by the macro.
            #[netabase(index(unique, name = "always"))]
            pub fixed: String,
        }
    };
}

schema!(
    /// From a macro.
    pub Made, "made.v1", id: String, nick: Option<String>, number: u64
);
