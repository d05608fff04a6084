//! Deprecated structs, fields, variants and types are stored like any other.

use netabase::{DatabaseError, NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};

/// Deprecated as a whole.
#[deprecated(note = "write something else")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", validate = valid, index(name = "both", fields(id, text)))]
pub struct Whole {
    /// The key.
    #[netabase(key)]
    pub id: u64,
    /// A value.
    #[netabase(index)]
    pub text: String,
}

#[allow(deprecated)]
const fn valid(whole: &Whole) -> Result<(), &'static str> {
    if whole.id == 0 {
        Err("no id")
    } else {
        Ok(())
    }
}

/// Some fields are deprecated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", key(id, old_part))]
pub struct Parts {
    /// The key.
    pub id: u64,
    /// A part of the key.
    #[deprecated]
    pub old_part: String,
    /// An index.
    #[deprecated]
    #[netabase(index(multi))]
    pub old_index: Vec<String>,
    /// A value that serde reads in its own way, and so the view.
    #[serde(default)]
    #[deprecated]
    pub old_value: String,
    /// A value.
    pub celsius: f64,
}

/// A type that is deprecated.
#[deprecated]
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
pub struct OldKey {
    /// A part.
    pub part: String,
}

/// A variant that is deprecated.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
pub enum Kind {
    /// The old way.
    #[deprecated]
    Old {
        /// A part.
        #[deprecated]
        part: u8,
    },
    /// The new way.
    New,
}

/// Uses deprecated types, which is allowed.
#[allow(deprecated)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
pub struct Uses {
    /// The key.
    #[netabase(key)]
    pub id: OldKey,
    /// An index.
    #[netabase(index)]
    pub old: Option<OldKey>,
    /// Elements.
    #[netabase(index(multi))]
    pub kinds: Vec<Kind>,
    /// A value.
    pub list: Vec<OldKey>,
    /// Borrowed.
    pub text: String,
}

/// The same, where the view is serde's.
#[allow(deprecated)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
pub struct UsesWithSerde {
    /// The key.
    #[netabase(key)]
    pub id: OldKey,
    /// A value.
    #[serde(default)]
    pub list: Vec<OldKey>,
    /// Borrowed.
    pub text: String,
}

#[allow(deprecated)]
pub(crate) fn check() -> Result<(), DatabaseError> {
    let text = || String::from("text");
    let key = || OldKey { part: text() };
    crate::there_and_back(&Whole { id: 7, text: text() })?;
    crate::there_and_back(&Parts {
        id: 7,
        old_part: text(),
        old_index: vec![text()],
        old_value: text(),
        celsius: 0.5,
    })?;
    let kinds = vec![Kind::Old { part: 7 }, Kind::New];
    crate::there_and_back(&Uses {
        id: key(),
        old: Some(key()),
        kinds,
        list: vec![],
        text: text(),
    })?;
    crate::there_and_back(&UsesWithSerde { id: key(), list: vec![key()], text: text() })
}
