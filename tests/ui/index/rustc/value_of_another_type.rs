use netabase::{MemoryStoreDatabase, NetabaseSchema};
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

fn look_up(airports: &MemoryStoreDatabase<Airport>) {
    let _ = airports.index(Airport::COUNTRY).get(354);
    let _ = airports.index(Airport::ELEVATION).get("high");
}

fn main() {}
