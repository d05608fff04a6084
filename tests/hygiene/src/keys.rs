//! Types of the user's own as keys.

use ::db::NetabaseSchemaKey;
use ::serde::{Deserialize, Serialize};
use ::std::{
    clone::Clone,
    cmp::{Eq, Ord, PartialEq, PartialOrd},
    fmt::Debug,
    hash::Hash,
    string::String,
};

/// Where something is.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
#[netabase(crate = "::db")]
pub enum Place {
    /// It has a name.
    Named(String),
    /// It has coordinates only.
    At {
        /// In degrees.
        latitude: i32,
        /// In degrees.
        longitude: i32,
    },
    /// Nobody knows.
    Nowhere,
}

/// A newtype is looked up by what is in it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
#[netabase(crate = "::db")]
pub struct Id(pub String);

/// A key of parts, one of them a key itself.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
#[netabase(crate = "::db")]
pub struct Seat {
    /// Its name is a keyword.
    pub r#type: Place,
    /// Its name is nearly one.
    pub self_: u16,
}
