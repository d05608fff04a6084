use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(max_size = 8 KiB)]
struct User {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(max_size = "8 KiB", version = 2 nd)]
struct Post {
    #[netabase(key)]
    id: u64,
}

fn main() {}
