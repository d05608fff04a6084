//! A database of native_db.
use native_db::{Builder, Models, ToKey, native_db};
use native_model::{Model, native_model};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[native_model(id = 1, version = 1)]
#[native_db]
struct Airport {
    #[primary_key]
    icao: String,
    #[secondary_key]
    country: String,
    name: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut models = Models::new();
    models.define::<Airport>()?;
    let database = Builder::new().create_in_memory(&models)?;
    let kef = Airport { icao: "BIKF".into(), country: "IS".into(), name: "Keflavik".into() };
    let writes = database.rw_transaction()?;
    writes.insert(kef)?;
    writes.commit()?;
    let reads = database.r_transaction()?;
    let index = reads.scan().secondary::<Airport>(AirportKey::country)?;
    for airport in index.range("IS".to_string()..="IS".to_string())? {
        println!("{}", airport?.name);
    }
    Ok(())
}
