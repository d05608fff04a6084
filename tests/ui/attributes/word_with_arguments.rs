use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key(id))]
    id: u64,
    #[netabase(owned(yes))]
    name: String,
}

fn main() {}
