use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "User", version = 0, ttl = "0s", access = "own", merge = pick)]
struct User {
    #[netabase(key, index)]
    id: u64,
    #[netabase(index(unique, multi))]
    #[serde(flatten)]
    name: Vec<String>,
}

fn main() {}
