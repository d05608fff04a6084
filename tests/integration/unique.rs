//! Unique indexes: local writes are refused, records from elsewhere are listed.

use std::error::Error;

use netabase::{NetabaseStore, WriteError};

use crate::indexes::{Airport, AirportKey, airport, icaos, some_airports};

#[test]
fn a_unique_index_refuses_a_second_holder_and_changes_nothing() -> Result<(), Box<dyn Error>> {
    let airports = some_airports()?;
    let thief = Airport { iata: Some("KEF".into()), ..airport("XXXX", "XX", "", 0) };

    let refused = airports.put(&thief);

    let expected = WriteError::NotUnique {
        schema: "airport",
        index: "iata",
        value: "\"KEF\"".into(),
        holder: "AirportKey(\"BIKF\")".into(),
    };
    assert_eq!(refused, Err(expected.clone()));
    assert_eq!(
        expected.to_string(),
        "`airport` AirportKey(\"BIKF\") already has \"KEF\" in the unique index `iata`; change or remove one of the two"
    );
    assert_eq!((airports.len(), airports.contains("XXXX")?), (5, false));
    assert!(airports.put_batch(&[airport("YYYY", "YY", "", 0), thief]).is_err());
    assert!(!airports.contains("YYYY")?, "nothing of the batch was stored");
    Ok(())
}

#[test]
fn a_batch_may_swap_unique_values_and_may_not_double_them() -> Result<(), Box<dyn Error>> {
    let airports = some_airports()?;
    let named = |icao: &str, iata: &str| -> Result<Airport, Box<dyn Error>> {
        let airport = airports.get(icao)?.ok_or("it is there")?;
        Ok(Airport { iata: Some(iata.into()), ..airport })
    };
    airports.put_batch(&[named("BIKF", "RKV")?, named("BIRK", "KEF")?])?;
    assert_eq!(icaos(airports.index(Airport::IATA).get("KEF")?)?, ["BIRK"]);

    let doubled = airports.put_batch(&[named("BIAR", "NEW")?, named("EHAM", "NEW")?]);
    assert!(matches!(doubled, Err(WriteError::NotUnique { index: "iata", .. })), "{doubled:?}");
    assert_eq!(airports.index(Airport::IATA).get("NEW")?.count(), 0);
    Ok(())
}

#[test]
fn a_remote_winner_that_collides_is_stored_and_listed() -> Result<(), Box<dyn Error>> {
    let airports = some_airports()?;
    assert_eq!(airports.index(Airport::IATA).conflicts()?, []);
    let other = NetabaseStore::new().database::<Airport>()?;
    for icao in ["XXXX", "YYYY"] {
        let airport = Airport { iata: Some("KEF".into()), ..airport(icao, "XX", "", 0) };
        airports.put_record(&other.to_record(&airport)?)?;
    }
    let conflicts = airports.index(Airport::IATA).conflicts()?;
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].value, "\"KEF\"");
    assert_eq!(conflicts[0].keys, ["BIKF", "XXXX", "YYYY"].map(AirportKey::new));

    let stays = airports.get("BIKF")?.ok_or("it is there")?;
    assert!(airports.put(&stays).is_err(), "a local write of the value is refused as long");
    airports.remove_batch(["XXXX", "YYYY"])?;
    airports.put(&stays)?;
    Ok(())
}
