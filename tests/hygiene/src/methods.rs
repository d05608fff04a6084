//! Methods, constants and fields with the names that the derives use themselves.

use ::db::NetabaseSchema;
use ::serde::{Deserialize, Serialize};
use ::std::{clone::Clone, cmp::PartialEq, fmt::Debug, string::String};

/// Has methods like a schema's, which mean something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "::db", key(r#type, self_), access = "open")]
pub struct Methods {
    /// Its name is a keyword.
    pub r#type: String,
    /// Its name is nearly one.
    #[netabase(index)]
    pub self_: u8,
    /// Named like a variable that code for a key would have.
    pub out: String,
    /// The same for a value.
    pub value: u8,
}

impl Methods {
    /// Named like the field, which has no index.
    pub const OUT: &'static str = "no index";

    /// Not the version of a schema.
    pub const SCHEMA_VERSION: &'static str = "none";

    /// Not the key.
    #[must_use]
    pub fn key(&self) -> u8 {
        self.value
    }

    /// Not the bytes of the value.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 1] {
        [self.value]
    }

    /// Not a value from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 1]) -> u8 {
        let [byte] = bytes;
        byte
    }
}
