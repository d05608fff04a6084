//! Values become records and records values.

use libp2p::kad::{Record, RecordKey as KadKey};
use netabase::{
    DEFAULT_MAX_LIFETIME, DatabaseError, Envelope, ManualClock, NetabaseStore, RecordError,
    RecordKey, Timestamp,
};

use crate::authors::{NOW_MS, store_of};
use crate::schemas::{Note, Profile, User, fresh, note, profile, user};

#[test]
fn a_value_becomes_a_record_and_comes_back_in_all_four_ways() -> Result<(), RecordError> {
    let record = Record::try_from(&user(7))?;
    assert_eq!(User::try_from(&record)?, user(7));
    assert_eq!(User::try_from(record)?, user(7));
    assert_eq!(User::try_from(Record::try_from(user(8))?)?, user(8));
    Ok(())
}

#[test]
fn a_record_has_the_documented_bytes() -> Result<(), RecordError> {
    let record = Record::try_from(&note("hi", "there"))?;
    assert_eq!(record.key.as_ref(), b"/netabase/note/whi\0");
    assert_eq!((record.publisher, record.expires), (None, None));

    assert_eq!((record.value[8], record.value[13]), (0b0000_1000, 1), "flags, version");
    assert_eq!(record.value[14..], *b"\x02hi\x05there");
    let envelope = Envelope::parse(&record.value)?;
    let lease = u64::from(envelope.not_after) * 1000 - envelope.timestamp.millis();
    let week = 7 * 24 * 60 * 60 * 1000;
    assert!((week..week + 1000).contains(&lease), "a week, rounded up to a second: {lease} ms");

    let local = Record::try_from(&user(7))?;
    assert_eq!(local.value[9..13], [0; 4], "what stays here has no lease");
    Ok(())
}

/// Those of `docs/design.md`.
#[test]
fn an_open_record_has_the_golden_bytes() -> Result<(), DatabaseError> {
    let store = store_of(7, &ManualClock::at_unix_ms(NOW_MS), DEFAULT_MAX_LIFETIME);
    let record = store.database::<Note>()?.to_record(&note("hi", "there"))?;
    assert_eq!(record.key.as_ref(), b"/netabase/note/whi\0");
    let clock = b"\x01\xa3\x18\x5c\x50\0\0\0";
    let flags_lease_version = b"\x08\x6b\x53\x0c\x80\x01";
    let payload = b"\x02hi\x05there";
    assert_eq!(record.value, [&clock[..], flags_lease_version, payload].concat());
    Ok(())
}

#[test]
fn records_of_one_process_have_growing_clocks() -> Result<(), Box<dyn std::error::Error>> {
    let clock = |record: &Record| {
        Ok::<_, Box<dyn std::error::Error>>(Envelope::parse(&record.value)?.timestamp)
    };
    let mut last = Timestamp::default();
    for id in 0..10_000 {
        let next = clock(&Record::try_from(&user(id))?)?;
        assert!(next > last, "{next} after {last}");
        last = next;
    }
    Ok(())
}

#[test]
fn a_record_key_that_does_not_match_its_value_is_refused() -> Result<(), RecordError> {
    let mut record = Record::try_from(&user(7))?;
    record.key = Record::try_from(&user(8))?.key;
    assert_eq!(User::try_from(&record), Err(RecordError::KeyMismatch { schema: "user" }));
    Ok(())
}

#[test]
fn records_of_another_schema_access_or_version_are_refused() -> Result<(), RecordError> {
    let record = Record::try_from(&user(7))?;
    assert!(matches!(Note::try_from(&record), Err(RecordError::WrongSchema { .. })));

    let mut open = record.clone();
    open.key = KadKey::new(b"/netabase/user/w\0\0\0\0\0\0\0\x07");
    assert!(matches!(User::try_from(&open), Err(RecordError::WrongAccess { .. })));

    let mut later = record.clone();
    later.value[13] = 2;
    assert!(matches!(User::try_from(&later), Err(RecordError::Version { found: 2, .. })));

    let mut foreign = record;
    foreign.key = KadKey::new(b"/pk/user/7");
    assert_eq!(User::try_from(&foreign), Err(RecordError::ForeignKey));
    Ok(())
}

#[test]
fn a_tombstone_converts_to_deleted() -> Result<(), RecordError> {
    let mut record = Record::try_from(&user(7))?;
    record.value.truncate(14);
    record.value[8] |= 0b1000_0000;
    assert!(matches!(User::try_from(&record), Err(RecordError::Deleted { .. })));

    record.key = KadKey::new(b"/netabase/user/lshort");
    assert!(matches!(User::try_from(&record), Err(RecordError::Key(_))), "its key is checked");
    Ok(())
}

#[test]
fn what_validate_refuses_is_no_record_either_way() -> Result<(), Box<dyn std::error::Error>> {
    let refused = Record::try_from(&note("ad", "spam"));
    assert!(matches!(refused, Err(RecordError::Invalid { schema: "note", .. })), "{refused:?}");

    let mut record = Record::try_from(&note("ad", "ham!"))?;
    let text = record.value.len() - 4;
    record.value[text..].copy_from_slice(b"spam");
    let refused = Note::try_from(&record);
    assert!(matches!(refused, Err(RecordError::Invalid { .. })), "{refused:?}");
    Ok(())
}

#[test]
fn an_owned_key_names_the_local_peer() -> Result<(), Box<dyn std::error::Error>> {
    let store = NetabaseStore::new();
    let profiles = store.database::<Profile>()?;
    profiles.put(&profile("ada"))?;

    let record = profiles.get_record("ada")?.ok_or("it was stored")?;
    let key = RecordKey::parse(record.key.as_ref())?;

    assert_eq!((key.schema, key.owner), ("profile", Some(store.peer_id())));
    assert_eq!(key.key, b"ada\0");
    Ok(())
}

#[test]
fn to_record_is_newer_than_what_is_stored() -> Result<(), DatabaseError> {
    let notes = fresh::<Note>();
    notes.put(&note("hi", "old"))?;
    let stored = notes.get_record("hi")?.expect("it was stored");

    let record = notes.to_record(&note("hi", "new"))?;

    assert!(record.value > stored.value);
    assert_eq!(notes.from_record(&record)?, note("hi", "new"));
    assert_eq!(notes.get("hi")?, Some(note("hi", "old")), "nothing was stored");
    Ok(())
}
