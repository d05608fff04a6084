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
    let _ = airports.index(Airport::NAME).get("Heathrow");
}

fn begin(airports: &MemoryStoreDatabase<Airport>) {
    let _ = airports.index(Airport::NAME).prefix("Heath");
}

fn look_up_the_key(airports: &MemoryStoreDatabase<Airport>) {
    let _ = airports.index(Airport::ICAO).range("EG".."EH");
}

fn main() {
    let _ = (look_up, begin, look_up_the_key);
}
