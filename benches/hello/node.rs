//! A node, and what it keeps.
use netabase::{Netabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
struct Airport {
    #[netabase(key)]
    icao: String,
    #[netabase(index)]
    country: String,
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let alice = Netabase::builder("my-app").start().await?;
    let airports = alice.database::<Airport>()?;
    let kef = Airport { icao: "BIKF".into(), country: "IS".into(), name: "Keflavik".into() };
    airports.put(&kef)?;
    for airport in airports.index(Airport::COUNTRY).get("IS")? {
        println!("{}", airport?.name);
    }
    alice.shutdown().await;
    Ok(())
}
