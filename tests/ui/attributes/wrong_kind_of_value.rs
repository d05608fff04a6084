use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = user, version = "1", max_size = 0.5, access = true, validate = "check", ttl = 48)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
