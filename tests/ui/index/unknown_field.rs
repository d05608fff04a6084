use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(name = "place", fields(city, contry, city)))]
struct User {
    #[netabase(key)]
    id: u64,
    city: String,
    country: String,
}

fn main() {}
