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

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Town {
    #[netabase(key)]
    name: String,
    #[netabase(index)]
    country: String,
    mayor: String,
}

fn look_up(airports: &MemoryStoreDatabase<Airport>) {
    let _ = airports.index(Town::COUNTRY);
    let _ = airports.index(Town::MAYOR);
}

fn main() {}
