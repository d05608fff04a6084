use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "0s")]
struct Zero {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "999ms")]
struct Short {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "1500ms")]
struct NotWhole {
    #[netabase(key)]
    id: u64,
}

fn main() {}
