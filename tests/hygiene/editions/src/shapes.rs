//! Every shape of generated code, where nothing can be allowed either.
#![forbid(deprecated, missing_docs, non_snake_case, unsafe_code)]

use std::collections::BTreeMap;

use netabase::{DatabaseError, NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};

/// Nothing to borrow, merged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = warmer, ttl = "1h", max_size = 100)]
pub struct Reading {
    #[netabase(key)]
    station: u32,
    celsius: f64,
}

fn warmer(ours: &Reading, theirs: &Reading) -> Reading {
    if ours.celsius > theirs.celsius {
        ours.clone()
    } else {
        theirs.clone()
    }
}

/// A type that can only be cloned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Plain(pub u8);

/// A newtype of text.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
pub struct Id(pub String);

/// Every kind of field and index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", key(id, part), index(name = "two", fields(on, part)))]
pub struct Mixed {
    pub(crate) id: Id,
    /// A part of the key.
    pub part: (u8, [u8; 4]),
    #[netabase(index)]
    on: bool,
    #[netabase(index(multi))]
    words: Vec<String>,
    #[netabase(index(unique))]
    maybe: Option<Id>,
    plain: Plain,
    map: BTreeMap<String, u8>,
    bytes: Vec<u8>,
    #[netabase(owned)]
    text: String,
}

/// More fields than a tuple has.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, NetabaseSchema)]
pub struct Wide {
    #[netabase(key)]
    a: String,
    b: String,
    c: bool,
    d: bool,
    e: bool,
    f: bool,
    g: bool,
    h: bool,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
    n: u8,
    o: u8,
    p: u8,
    q: u8,
}

/// Read by serde alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(owned, access = "open")]
pub struct Owned {
    #[netabase(key)]
    id: Vec<u8>,
    text: String,
}

/// In a module that has its name.
pub mod user {
    use netabase::NetabaseSchema;
    use serde::{Deserialize, Serialize};

    /// A schema.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
    pub struct User {
        /// The key.
        #[netabase(key)]
        pub id: u64,
        /// Borrowed.
        #[netabase(index)]
        pub name: String,
    }
}

mod private {
    use netabase::NetabaseSchema;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
    pub(super) struct Hidden {
        #[netabase(key)]
        pub(super) id: u64,
        pub(super) name: String,
    }
}

pub(crate) fn check() -> Result<(), DatabaseError> {
    let text = || String::from("text");
    let mixed = Mixed {
        id: Id(text()),
        part: (1, [2; 4]),
        on: true,
        words: vec![text()],
        maybe: Some(Id(text())),
        plain: Plain(7),
        map: BTreeMap::new(),
        bytes: vec![7],
        text: text(),
    };
    crate::there_and_back(&mixed)?;
    crate::there_and_back(&Reading { station: 7, celsius: 0.5 })?;
    crate::there_and_back(&Wide::default())?;
    crate::there_and_back(&Owned { id: vec![7], text: text() })?;
    crate::there_and_back(&user::User { id: 7, name: text() })?;
    crate::there_and_back(&private::Hidden { id: 7, name: text() })
}
