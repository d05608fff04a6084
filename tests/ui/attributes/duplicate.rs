use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "user", version = 1, name = "users")]
#[netabase(version = 2)]
struct User {
    #[netabase(key, key)]
    id: u64,
    #[netabase(index(unique, unique))]
    name: String,
}

fn main() {}
