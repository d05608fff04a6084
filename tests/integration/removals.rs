//! Keys that the application published: what others write there, and what removing them leaves.

use std::{error::Error, time::Duration};

use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    Envelope, ManualClock, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, PutOutcome,
    RecordState, SharedSchema, Source, TransactionError,
};
use serde::{Deserialize, Serialize};

use crate::authors::{HOUR, NOW_MS, store_at_now, store_of, sync, tombstone};
use crate::schemas::{Note, Profile, User, note, profile, user};

/// A store that has published one value, and the record it gave out.
fn published<V: SharedSchema>(
    value: &V,
) -> Result<(NetabaseStore, MemoryStoreDatabase<V>, Record), Box<dyn Error>> {
    let store = store_at_now(1);
    let database = store.database::<V>()?;
    database.put(value)?;
    let record = sync(&database)?.remove(0);
    Ok((store, database, record))
}

/// What a stranger's store makes of a value, later than what the author wrote.
fn later(seconds: u64) -> Result<MemoryStoreDatabase<Note>, Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS + seconds * 1000);
    Ok(store_of(2, &clock, HOUR).database()?)
}

fn only_state(store: &NetabaseStore) -> Option<RecordState> {
    store.raw_records().next().map(|raw| raw.state)
}

#[test]
fn a_strangers_tombstone_removes_a_value_and_not_whose_key_it_is() -> Result<(), Box<dyn Error>> {
    let (mut store, notes, _) = published(&note("hi", "mine"))?;
    let theirs = tombstone(&later(1)?, &note("hi", ""))?;
    RecordStore::put(&mut store, theirs)?;
    assert_eq!(notes.get("hi")?, None, "anybody may delete an open record");
    let own = RecordState { own: true, wanted: true, served: true };
    assert_eq!(only_state(&store), Some(own), "the application removed nothing");

    RecordStore::put(&mut store, later(2)?.to_record(&note("hi", "theirs"))?)?;
    assert_eq!(notes.get("hi")?, Some(note("hi", "theirs")));
    assert_eq!((only_state(&store), notes.get_local_records().count()), (Some(own), 1));

    RecordStore::put(&mut store, tombstone(&later(3)?, &note("hi", ""))?)?;
    notes.put(&note("hi", "mine again"))?;
    assert_eq!(only_state(&store), Some(own), "what was published stays so");
    assert!(RecordStore::get(&store, &notes.record_key("hi")?).is_some());
    Ok(())
}

#[test]
fn a_strangers_tombstone_outlives_the_value_it_deletes() -> Result<(), Box<dyn Error>> {
    #[derive(Serialize, Deserialize, NetabaseSchema)]
    #[netabase(access = "open", ttl = "1m")]
    struct Flash {
        #[netabase(key)]
        id: u8,
        text: String,
    }
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut store = store_of(1, &clock, HOUR);
    let flashes = store.database::<Flash>()?;
    flashes.put(&Flash { id: 1, text: "mine".into() })?;
    sync(&flashes)?;
    let stranger = ManualClock::at_unix_ms(NOW_MS + 1000);
    let stranger = store_of(2, &stranger, HOUR).database::<Flash>()?;
    let value = stranger.to_record(&Flash { id: 1, text: "theirs".into() })?;
    let deleted = tombstone(&stranger, &Flash { id: 1, text: String::new() })?;
    RecordStore::put(&mut store, value.clone())?;
    RecordStore::put(&mut store, deleted)?;

    clock.advance(Duration::from_secs(60));

    assert_eq!(store.record_count(), 1, "it ends with its lease, not with the value's life");
    assert!(RecordStore::put(&mut store, value).is_err(), "a late replica");
    Ok(())
}

#[test]
fn what_was_ever_published_leaves_a_tombstone_when_it_is_removed() -> Result<(), Box<dyn Error>> {
    type Step = fn(&NetabaseStore, &MemoryStoreDatabase<Profile>) -> Result<(), TransactionError>;
    let steps: [(&str, Step); 4] = [
        ("at once", |_, profiles| Ok(profiles.remove("ada").map(drop)?)),
        ("once it is private again", |_, profiles| {
            profiles.unpublish("ada")?;
            Ok(profiles.remove("ada").map(drop)?)
        }),
        ("written again", |_, profiles| {
            profiles.remove("ada")?;
            profiles.put(&profile("ada"))?;
            Ok(profiles.remove("ada").map(drop)?)
        }),
        ("written again in one step", |store, profiles| {
            store.transaction(|tx| {
                tx.remove(profiles, "ada")?;
                tx.put(profiles, &profile("ada"))
            })?;
            assert!(RecordStore::records(store).next().is_none(), "it is private again");
            Ok(profiles.remove("ada").map(drop)?)
        }),
    ];
    for (when, step) in steps {
        let (mut store, profiles, record) = published(&profile("ada"))?;
        step(&store, &profiles)?;
        let left = RecordStore::get(&store, &record.key).ok_or("a tombstone is served")?;
        assert!(Envelope::parse(&left.value)?.tombstone, "removed {when}");
        assert!(RecordStore::put(&mut store, record).is_err(), "a late replica, {when}");
    }
    Ok(())
}

#[test]
fn pushing_the_own_tombstone_does_not_ask_for_the_key_again() -> Result<(), Box<dyn Error>> {
    let (mut store, notes, record) = published(&note("hi", "mine"))?;
    notes.remove("hi")?;
    let mut deleted = RecordStore::get(&store, &record.key).ok_or("it is served")?.into_owned();
    deleted.publisher = Some(store.peer_id());
    RecordStore::put(&mut store, deleted)?;
    assert_eq!(only_state(&store), Some(RecordState { own: true, wanted: false, served: true }));

    RecordStore::put(&mut store, later(1)?.to_record(&note("hi", "theirs"))?)?;
    assert_eq!((notes.get("hi")?, notes.len()), (None, 0), "a peer's value is held for peers");
    Ok(())
}

#[test]
fn the_own_tombstone_that_is_handed_in_does_not_ask_for_the_key_again() -> Result<(), Box<dyn Error>>
{
    let (mut store, notes, record) = published(&note("hi", "mine"))?;
    notes.remove("hi")?;
    let deleted = RecordStore::get(&store, &record.key).ok_or("it is served")?.into_owned();
    assert_eq!(notes.put_record(&deleted)?, PutOutcome::Equal);
    assert_eq!(only_state(&store), Some(RecordState { own: true, wanted: false, served: true }));

    RecordStore::put(&mut store, later(1)?.to_record(&note("hi", "theirs"))?)?;
    assert_eq!((notes.get("hi")?, notes.len()), (None, 0), "a peer's value is held for peers");
    Ok(())
}

#[test]
fn who_asks_for_a_key_is_shown_the_newer_value_that_is_held() -> Result<(), Box<dyn Error>> {
    let store = store_at_now(1);
    let notes = store.database::<Note>()?;
    let older = later(1)?.to_record(&note("hi", "older"))?;
    let newer = later(2)?.to_record(&note("hi", "newer"))?;
    store.put_from(&newer, Source::UNKNOWN)?;
    assert_eq!(notes.get("hi")?, None, "it is held for peers");

    let update = notes.handle_remote_update(&older)?;

    assert_eq!((update.outcome, update.value), (PutOutcome::Outdated, Some(note("hi", "newer"))));
    assert_eq!((notes.get("hi")?, notes.len()), (Some(note("hi", "newer")), 1));
    Ok(())
}

#[test]
fn a_local_record_handed_over_as_it_is_lives_as_its_schema_says() -> Result<(), Box<dyn Error>> {
    #[derive(Serialize, Deserialize, NetabaseSchema)]
    #[netabase(ttl = "1h")]
    struct Session {
        #[netabase(key)]
        id: u8,
    }
    let (theirs, clock) = (store_at_now(1).database()?, ManualClock::at_unix_ms(NOW_MS));
    theirs.put(&Session { id: 1 })?;
    let sessions = store_of(2, &clock, HOUR).database::<Session>()?;
    sessions.put_record(&theirs.get_record(&1)?.ok_or("it was stored")?)?;
    clock.advance(Duration::from_millis(60 * 60 * 1000 - 1));
    assert!(sessions.contains(&1)?);
    clock.advance(Duration::from_millis(1));
    assert!(!sessions.contains(&1)?);

    let users = store_of(2, &clock, HOUR).database::<User>()?;
    users.put(&user(7))?;
    assert_eq!(users.get_expiring_records(Duration::MAX).count(), 0, "others have no end");
    Ok(())
}
