//! A hash set has no order, so equal values would have other bytes each time.
use std::collections::{HashMap, HashSet};

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

type Tags = HashSet<String>;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Article {
    #[netabase(key)]
    id: u64,
    tags: HashSet<String>,
    by_alias: Tags,
    inside: Option<HashMap<u8, Vec<HashSet<u8>>>>,
    #[serde(with = "netabase::with::sorted")]
    sorted: HashSet<String>,
}

fn main() {}
