use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(crate = "not a path")]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
