use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(max_size = 40KB)]
struct Photo {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(version = 2kb)]
struct User {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(version = 1u32, max_size = 4096usize)]
struct Post {
    #[netabase(key)]
    id: u64,
}

fn main() {}
