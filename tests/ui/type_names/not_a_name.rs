use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key_type = "user key", ref_type = "struct")]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
