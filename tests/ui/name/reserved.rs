use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "netabase.meta")]
struct Meta {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "netabase")]
struct Itself {
    #[netabase(key)]
    id: u64,
}

fn main() {}
