use netabase::{MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

mod airports {
    use super::*;

    #[derive(Serialize, Deserialize, NetabaseSchema)]
    pub struct Airport {
        #[netabase(key)]
        icao: String,
        name: String,
    }
}

fn look_up(airports: &MemoryStoreDatabase<airports::Airport>) {
    let _ = airports.index(airports::Airport::NAME);
}

fn main() {}
