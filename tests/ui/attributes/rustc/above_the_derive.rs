use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[netabase(name = "user")]
#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
}

fn main() {}
