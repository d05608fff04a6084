//! A typed database.
use netabase::{NetabaseSchema, NetabaseStore};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Airport {
    #[netabase(key)]
    icao: String,
    #[netabase(index)]
    country: String,
    name: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = NetabaseStore::new();
    let airports = store.database()?;
    let kef = Airport { icao: "BIKF".into(), country: "IS".into(), name: "Keflavik".into() };
    airports.put(&kef)?;
    for airport in airports.index(Airport::COUNTRY).get("IS")? {
        println!("{}", airport?.name);
    }
    Ok(())
}
