//! What is exchanged. The other side writes the same two schemas from `docs/design.md`.

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

/// Anyone may write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
pub(crate) struct Note {
    #[netabase(key)]
    pub(crate) title: String,
    pub(crate) text: String,
}

/// It belongs to its writer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
pub(crate) struct Profile {
    #[netabase(key)]
    pub(crate) handle: String,
    pub(crate) about: String,
}
