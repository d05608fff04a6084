use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(name = "both", fields(id, city)))]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    city: String,
}

fn main() {}
