//! Records and values as files.

use std::error::Error;

use netabase::{ArrivalError, ExchangeError, JsonLinesError, NetabaseStore, RefusalReason};

use crate::authors::{HOUR, NOW_MS, minutes, store_of, sync};
use crate::schemas::{Note, Profile, User, note, profile, user};
use netabase::ManualClock;

#[test]
fn exported_records_are_taken_in_as_from_a_peer() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_of(1, &clock, HOUR);
    let (profiles, notes) = (store.database::<Profile>()?, store.database::<Note>()?);
    profiles.put(&profile("ada"))?;
    notes.put(&note("hi", "there"))?;
    sync(&profiles)?;
    sync(&notes)?;
    notes.put(&note("private", "mine"))?;
    let mut file = Vec::new();
    assert_eq!(store.export_records(&mut file)?, 2, "what is private stays");

    let other = store_of(2, &clock, HOUR);
    let report = other.import_records(file.as_slice())?;
    assert_eq!((report.stored, report.refused), (1, 1), "{report:?}");
    let reasons: Vec<_> = report.refusals.iter().map(|(_, error)| error.reason()).collect();
    assert_eq!(reasons, [RefusalReason::UnknownSchema], "an open record needs its type");
    other.database::<Note>()?;
    assert_eq!(other.import_records(file.as_slice())?.stored, 1);
    assert_eq!(other.database::<Note>()?.len(), 0, "databases do not show it");

    clock.advance(minutes(61));
    let late = store_of(3, &clock, HOUR);
    let report = late.import_records(file.as_slice())?;
    let lapsed = |(_, error): &(_, _)| matches!(error, ArrivalError::LeaseOver { .. });
    assert!(report.refusals.iter().any(lapsed), "{report:?}");
    Ok(())
}

#[test]
fn a_damaged_file_of_records_is_refused_without_a_large_allocation() -> Result<(), Box<dyn Error>> {
    let store = NetabaseStore::new();
    let mut file = Vec::new();
    store.export_records(&mut file)?;
    file.extend([0xff; 4]);
    let inputs = [&b""[..], b"something else, long enough", &file, &file[..file.len() - 1]];
    for input in inputs {
        let refused = store.import_records(input);
        assert!(matches!(refused, Err(ExchangeError::Format { .. })), "{refused:?}");
    }
    Ok(())
}

#[test]
fn values_go_through_json_lines_and_come_back_as_own() -> Result<(), Box<dyn Error>> {
    let users = NetabaseStore::new().database::<User>()?;
    users.load((0..3).map(user))?;
    let mut lines = Vec::new();
    assert_eq!(users.export_json(&mut lines)?, 3);

    let again = NetabaseStore::new().database::<User>()?;
    assert_eq!(again.import_json(lines.as_slice())?, 3);
    assert_eq!(again.get_local_records().count(), 3);
    lines.extend_from_slice(b"\n{\"id\": 7}\n");
    let refused = again.import_json(lines.as_slice());
    assert!(matches!(refused, Err(JsonLinesError::Line { line: 5, .. })), "{refused:?}");
    Ok(())
}
