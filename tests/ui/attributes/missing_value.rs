use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name(User), access, version, ttl(48), key_type)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
