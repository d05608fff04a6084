use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key_type = "User")]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ref_type = "Post")]
struct Post {
    #[netabase(key)]
    id: u64,
    name: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key_type = "Generated", ref_type = "Generated")]
struct Comment {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
