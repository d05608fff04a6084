use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(id, name, id))]
struct User {
    id: u64,
    name: String,
}

fn main() {}
