//! Fields and options under `cfg`, which is decided before a derive sees them.

use netabase::{DatabaseError, NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};

/// Some fields are there and some are not.
#[cfg_attr(true, derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema))]
#[cfg_attr(true, netabase(access = "open", key(id, part)))]
#[cfg_attr(false, netabase(nonsense))]
pub struct Configured {
    /// The key.
    pub id: u64,
    /// A part of the key.
    #[cfg(true)]
    pub part: String,
    /// Not there.
    #[cfg(false)]
    pub part: Missing,
    /// Indexed.
    #[cfg_attr(true, netabase(index(unique)))]
    pub text: String,
    /// Not indexed.
    #[cfg_attr(false, netabase(index))]
    #[cfg(true)]
    pub other: Option<Vec<u8>>,
}

/// Some variants are there and some are not.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
pub enum Choice {
    /// Not there.
    #[cfg(false)]
    Gone(Missing),
    /// There.
    #[cfg(true)]
    Here {
        /// There.
        #[cfg(true)]
        part: u8,
        /// Not there.
        #[cfg(false)]
        part: Missing,
    },
    /// There, too.
    There(#[cfg(false)] Missing, #[cfg(true)] u16),
}

/// Keeps a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, NetabaseSchema)]
pub struct Chosen {
    /// The key.
    #[netabase(key)]
    pub choice: Choice,
}

pub(crate) fn check() -> Result<(), DatabaseError> {
    let text = || String::from("text");
    crate::there_and_back(&Configured { id: 7, part: text(), text: text(), other: None })?;
    crate::there_and_back(&Chosen { choice: Choice::Here { part: 7 } })?;
    crate::there_and_back(&Chosen { choice: Choice::There(7) })
}
