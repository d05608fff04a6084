use netabase::{MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(country, city))]
struct Town {
    country: String,
    city: String,
}

fn look_up(towns: &MemoryStoreDatabase<Town>) {
    let _ = towns.prefix("IS");
}

fn main() {}
