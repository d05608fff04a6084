use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Address;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    address: Address,
    name: String,
}

fn main() {}
