//! What the tests store.

use netabase::{MemoryStoreDatabase, NetabaseSchema, NetabaseStore};
use serde::{Deserialize, Serialize};

/// A local schema with a numeric key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
pub(crate) struct User {
    #[netabase(key)]
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// A schema that anyone on the network may write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", validate = check_note)]
pub(crate) struct Note {
    #[netabase(key)]
    pub(crate) title: String,
    pub(crate) text: String,
}

/// A schema whose records belong to their writer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
pub(crate) struct Profile {
    #[netabase(key)]
    pub(crate) handle: String,
    pub(crate) about: String,
}

fn check_note(note: &Note) -> Result<(), &'static str> {
    if note.text.contains("spam") { Err("notes must not contain spam") } else { Ok(()) }
}

pub(crate) fn user(id: u64) -> User {
    User { id, name: format!("user {id}") }
}

pub(crate) fn note(title: &str, text: &str) -> Note {
    Note { title: title.into(), text: text.into() }
}

pub(crate) fn profile(handle: &str) -> Profile {
    Profile { handle: handle.into(), about: "about".into() }
}

/// A database in a store of its own.
pub(crate) fn fresh<V: NetabaseSchema>() -> MemoryStoreDatabase<V> {
    NetabaseStore::new().database().expect("a new store knows no other schema")
}
