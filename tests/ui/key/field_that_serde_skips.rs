use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    #[serde(skip)]
    id: u64,
    name: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(id, name))]
struct Post {
    id: u64,
    #[serde(skip_serializing, skip_deserializing)]
    name: String,
}

fn main() {}
