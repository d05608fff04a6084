use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    #[serde(flatten)]
    address: Address,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nick: Option<String>,
    #[serde(skip_serializing)]
    secret: String,
}

#[derive(Serialize, Deserialize)]
struct Address {
    city: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[serde(tag = "type")]
struct Tagged {
    #[netabase(key)]
    id: u64,
}

fn main() {}
