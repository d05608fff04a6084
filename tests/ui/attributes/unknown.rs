use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(table = "users")]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(primary)]
    name: String,
}

fn main() {}
