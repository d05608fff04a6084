use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User
where
    u64: Copy,
{
    #[netabase(key)]
    id: u64,
}

fn main() {}
