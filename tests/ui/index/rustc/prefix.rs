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
    let _ = airports.index(Airport::ELEVATION).prefix(7);
    let _ = airports.index(Airport::PLACE).prefix("IS");
    let _ = airports.index(Airport::PLACE).prefix(("IS", 7));
}

fn main() {}
