use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(name = "place", fields(country, elevation)))]
struct Airport {
    #[netabase(key)]
    icao: String,
    #[netabase(index)]
    country: String,
    #[netabase(index)]
    elevation: i32,
    name: String,
}

impl Airport {
    const COUNTRY: &str = "IS";
}

fn main() {}
