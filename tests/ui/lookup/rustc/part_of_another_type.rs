use netabase::{MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(country, number))]
struct Town {
    country: String,
    number: u32,
}

fn look_up(towns: &MemoryStoreDatabase<Town>) {
    let _ = towns.get(&("IS", "Reykjavik"));
}

fn main() {}
