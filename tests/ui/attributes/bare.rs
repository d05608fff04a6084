use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase = "index"]
    name: String,
    #[netabase[index]]
    city: String,
}

fn main() {}
