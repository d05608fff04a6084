use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(fields(city, country)))]
struct User {
    #[netabase(key)]
    id: u64,
    city: String,
    country: String,
}

fn main() {}
