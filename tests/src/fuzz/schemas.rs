//! What the fuzzed bytes are read as.

use std::collections::BTreeMap;

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

/// Every shape that a decoder knows, and a key of many parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(name, numbers, flag))]
pub(super) struct Deep {
    name: String,
    numbers: Vec<i32>,
    flag: Option<bool>,
    tree: Tree,
    #[netabase(owned)]
    map: BTreeMap<String, (u8, char)>,
    bytes: Vec<u8>,
    wide: i128,
}

/// Nests as deep as its bytes say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Tree {
    Leaf(u64),
    Unit,
    Node { left: Box<Tree>, right: Box<Tree> },
    Many(Vec<Tree>),
}

/// Owned: signed by its writer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", validate = not_empty)]
pub(super) struct Shared {
    #[netabase(key)]
    name: String,
    #[netabase(index(multi))]
    tags: Vec<String>,
}

fn not_empty(shared: &Shared) -> Result<(), &'static str> {
    if shared.name == "empty" { Err("a name says something") } else { Ok(()) }
}

/// Open: anybody's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
pub(super) struct Open {
    #[netabase(key)]
    pub(super) id: u8,
    #[netabase(index)]
    pub(super) kind: u8,
    pub(super) text: String,
}
