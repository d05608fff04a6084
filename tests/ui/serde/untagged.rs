use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[serde(untagged)]
struct User {
    #[netabase(key)]
    id: u64,
}

fn main() {}
