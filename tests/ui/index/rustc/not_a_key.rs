use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

use std::collections::HashMap;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    height: f32,
    #[netabase(index)]
    scores: HashMap<String, u8>,
}

fn main() {}
