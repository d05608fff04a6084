use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    access: String,
    #[netabase(index(name = "ttl"))]
    name: String,
}

fn main() {}
