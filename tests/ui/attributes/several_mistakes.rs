use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "User", version = 0, ttl = "0s", acess = "owned")]
struct User {
    id: u64,
    #[netabase(index, index)]
    #[serde(flatten)]
    name: String,
    #[netabase(ttl = "1h")]
    city: String,
}

fn main() {}
