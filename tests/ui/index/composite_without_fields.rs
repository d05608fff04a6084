use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(name = "place", fields()))]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
