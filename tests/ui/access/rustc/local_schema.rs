use netabase::{MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Airport {
    #[netabase(key)]
    icao: String,
}

fn announce(airports: &MemoryStoreDatabase<Airport>) {
    let _ = airports.provider_key();
}

fn main() {}
