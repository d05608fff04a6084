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
    let places = airports.index(Airport::PLACE);
    let _ = places.get(("IS", "high"));
    let _ = places.get(("IS",));
    let _ = places.get("IS");
}

fn main() {}
