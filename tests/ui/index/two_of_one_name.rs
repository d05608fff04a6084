use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(name = "name", fields(name, city)))]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    name: String,
    #[netabase(index(name = "by_city"))]
    city: String,
    #[netabase(index(name = "by_city"))]
    town: String,
}

fn main() {}
