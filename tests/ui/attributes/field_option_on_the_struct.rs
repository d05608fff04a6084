use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(index)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key, index(unique))]
struct Post {
    id: u64,
    name: String,
}

fn main() {}
