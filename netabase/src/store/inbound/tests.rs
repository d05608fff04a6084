//! All attempts for one record pass the same gate.

use std::cell::Cell;

use serde::{Deserialize, Serialize};

use crate::{
    NetabaseSchema,
    store::{ArrivalError, NetabaseStore, PutOutcome, Source},
};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", crate = "crate")]
struct Profile {
    #[netabase(key)]
    handle: String,
}

fn refusal() -> ArrivalError {
    ArrivalError::RateExceeded { from: "a peer".into(), per_second: 1 }
}

#[test]
fn a_retry_does_not_skip_the_rate() -> Result<(), Box<dyn std::error::Error>> {
    let author = NetabaseStore::new().database::<Profile>()?;
    let record = author.to_record(&Profile { handle: "ada".into() })?;
    for allowed in 0..=2 {
        let store = NetabaseStore::new();
        let asked = Cell::new(0);
        let outcome = store.put_gated(&record, Source::UNKNOWN, || {
            asked.set(asked.get() + 1);
            // Opened while the record is on its way, as one of no known schema: it has to be checked again.
            store.database::<Profile>().expect("no other type has its name");
            if asked.get() > allowed { Err(refusal()) } else { Ok(()) }
        });
        if allowed == 2 {
            assert_eq!((outcome, asked.get()), (Ok(PutOutcome::Stored), 2));
        } else {
            assert_eq!(outcome, Err(refusal()), "{allowed}");
            assert_eq!(store.record_count(), 0);
        }
    }
    Ok(())
}

#[test]
fn what_is_stored_already_does_not_count_against_the_rate() -> Result<(), Box<dyn std::error::Error>>
{
    let author = NetabaseStore::new().database::<Profile>()?;
    let record = author.to_record(&Profile { handle: "ada".into() })?;
    let store = NetabaseStore::new();
    store.database::<Profile>()?;
    assert_eq!(store.put_from(&record, Source::UNKNOWN)?, PutOutcome::Stored);
    let again = store.put_gated(&record, Source::UNKNOWN, || Err(refusal()));
    assert_eq!(again, Ok(PutOutcome::Equal));
    Ok(())
}
