use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(owned = true)]
struct User {
    #[netabase(key = true)]
    id: u64,
    #[netabase(index = "name")]
    name: String,
}

fn main() {}
