//! Names that are not as Rust has them.

use netabase::{DatabaseError, NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};

/// The lint is allowed on the struct.
#[allow(non_snake_case)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", index(name = "by_name_and_town", fields(displayName, homeTown)))]
pub struct User {
    /// The key.
    #[netabase(key)]
    pub userId: u64,
    /// Indexed.
    #[netabase(index)]
    pub displayName: String,
    /// Not indexed.
    pub homeTown: Option<String>,
}

/// The lint is allowed with others, for a reason.
#[allow(unused, non_snake_case, reason = "it is how the other system spells it")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(firstPart, secondPart))]
pub struct Fields {
    /// A part of the key.
    pub firstPart: String,
    /// The other.
    secondPart: [u8; 2],
    /// A value.
    #[netabase(index(unique))]
    pub theRest: Vec<u8>,
}

/// The lint is expected, once.
#[expect(non_snake_case, reason = "it is how the other system spells it")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
pub struct Expected {
    /// The key.
    #[netabase(key)]
    pub theId: String,
    /// Hardly used.
    pub text_of_it: String,
}

/// The type has a name like a function's.
#[allow(non_camel_case_types)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
pub struct row_of_a_table {
    /// The key.
    #[netabase(key)]
    pub id: key_of_a_table,
    /// A value.
    pub text: String,
}

/// And so has the key.
#[allow(non_camel_case_types, non_snake_case)]
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
pub enum key_of_a_table {
    /// One.
    one_way {
        /// A part.
        theId: u64,
    },
    /// Another.
    another_way(String),
}

pub(crate) fn check() -> Result<(), DatabaseError> {
    let text = || String::from("text");
    crate::there_and_back(&User { userId: 7, displayName: text(), homeTown: None })?;
    crate::there_and_back(&Fields { firstPart: text(), secondPart: [1, 2], theRest: vec![3] })?;
    crate::there_and_back(&Expected { theId: text(), text_of_it: text() })?;
    crate::there_and_back(&row_of_a_table {
        id: key_of_a_table::one_way { theId: 7 },
        text: text(),
    })
}
