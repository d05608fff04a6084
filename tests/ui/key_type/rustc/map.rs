use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

use std::collections::HashMap;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: HashMap<String, u8>,
    name: String,
}

fn main() {}
