use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = , version 1, = 2, "a", owned access = "open")]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
