use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index(multi))]
    name: String,
    #[netabase(index(multi))]
    nick: Option<u64>,
}

fn main() {}
