use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct König {
    #[netabase(key)]
    id: u64,
}

fn main() {}
