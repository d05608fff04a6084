use std::collections::BTreeMap;

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: BTreeMap<String, u8>,
    name: String,
}

fn main() {}
