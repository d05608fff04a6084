//! Publishing what the application wrote.

use std::{borrow::Cow, error::Error, fmt::Debug, time::Duration};

use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    ClockAhead, Envelope, ManualClock, MemoryStoreDatabase, NetabaseStore, PutOutcome,
    SharedSchema, Source, WriteError,
};

use crate::authors::{HOUR, NOW_MS, minutes, store_at_now, store_of, sync};
use crate::schemas::{Note, Profile, User, note, profile, user};

/// How many records are published at a time.
const CHUNK: usize = 64;

fn notes(count: usize) -> Vec<Note> {
    (0..count).map(|at| note(&format!("{at:04}"), "text")).collect()
}

fn served(store: &NetabaseStore) -> usize {
    RecordStore::records(store).count()
}

fn keys(records: &[Record]) -> Vec<Vec<u8>> {
    records.iter().map(|record| record.key.to_vec()).collect()
}

#[test]
fn what_was_not_asked_for_stays_private() -> Result<(), Box<dyn Error>> {
    let store = store_at_now(1);
    let database = store.database::<Note>()?;
    database.put_batch(&notes(200))?;

    let mut records = database.sync_to_network();
    assert_eq!(served(&store), 0, "nobody has asked for a record yet");
    for asked in 1..=200_usize {
        records.next().ok_or("there are 200")??;
        assert_eq!(served(&store), (asked.div_ceil(CHUNK) * CHUNK).min(200), "after {asked}");
    }
    assert!(records.next().is_none() && records.next().is_none());

    // Dropped half-way, the rest stays private.
    let store = store_at_now(1);
    let database = store.database::<Note>()?;
    database.put_batch(&notes(200))?;
    assert_eq!(database.sync_to_network().take(65).count(), 65);
    assert_eq!(served(&store), 128);
    Ok(())
}

#[test]
fn chunks_meet_every_record_once_whatever_their_number() -> Result<(), Box<dyn Error>> {
    for count in [0, 1, 63, 64, 65, 127, 128, 129] {
        let store = store_at_now(1);
        let database = store.database::<Note>()?;
        database.put_batch(&notes(count))?;
        let records = sync(&database)?;
        let expected: Vec<_> = store.raw_records().map(|raw| raw.record.key.to_vec()).collect();
        assert_eq!(keys(&records), expected, "{count} in the order of their keys");
    }
    Ok(())
}

/// An owner's records, and what is not theirs to publish: others' records, other schemas'.
fn gives_own_records_that_others_accept<V: SharedSchema + PartialEq + Debug>(
    value: impl Fn(&str) -> V,
) -> Result<(), Box<dyn Error>> {
    let store = store_at_now(1);
    let database = store.database::<V>()?;
    store.database::<User>()?.put(&user(1))?;
    let other = store_at_now(2).database::<V>()?;
    database.put_record(&other.to_record(&value("theirs"))?)?;
    store.put_from(&other.to_record(&value("held"))?, Source::UNKNOWN)?;
    for handle in ["c", "removed", "a", "never published", "b"] {
        database.put(&value(handle))?;
    }
    database.remove(&value("never published").key())?;
    sync(&database)?;
    database.remove(&value("removed").key())?;

    let records = sync(&database)?;
    assert!(records.is_sorted_by(|a, b| a.key.as_ref() < b.key.as_ref()));
    let copies = store_at_now(3).database::<V>()?;
    let taken: Vec<_> = copies.put_records_batch(&records);
    assert!(taken.iter().all(|outcome| *outcome == Ok(PutOutcome::Stored)), "{taken:?}");
    let values: Vec<_> =
        records.iter().filter_map(|record| copies.from_record(record).ok()).collect();
    assert_eq!(values, ["a", "b", "c"].map(&value));
    let deleted = records
        .iter()
        .filter(|record| Envelope::parse(&record.value).is_ok_and(|envelope| envelope.tombstone));
    assert_eq!((records.len(), deleted.count()), (4, 1), "the tombstone, too");
    for record in &records {
        let served = RecordStore::get(&store, &record.key).map(Cow::into_owned);
        assert_eq!(served.as_ref(), Some(record));
        let envelope = Envelope::parse(&record.value)?;
        let minutes = if envelope.tombstone { 80 } else { 60 };
        assert_eq!(u64::from(envelope.not_after), NOW_MS / 1000 + minutes * 60);
    }

    assert_eq!(sync(&database)?, records, "the same again");
    Ok(())
}

#[test]
fn records_of_open_and_owned_schemas_are_accepted_elsewhere() -> Result<(), Box<dyn Error>> {
    gives_own_records_that_others_accept(|title| note(title, "text"))?;
    gives_own_records_that_others_accept(profile)
}

#[test]
fn a_value_is_given_with_the_clock_it_was_written_at() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = store_of(1, &clock, HOUR).database::<Profile>()?;
    profiles.put(&profile("ada"))?;
    clock.advance(minutes(5));
    let record = sync(&profiles)?.remove(0);
    let envelope = Envelope::parse(&record.value)?;
    assert_eq!(envelope.timestamp.millis(), NOW_MS);
    assert_eq!(u64::from(envelope.not_after), NOW_MS / 1000 + 65 * 60, "leased from now on");
    Ok(())
}

#[test]
fn what_needs_no_renewal_is_given_as_it_is_and_what_does_is_renewed() -> Result<(), Box<dyn Error>>
{
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = store_of(1, &clock, HOUR).database::<Profile>()?;
    profiles.put(&profile("ada"))?;
    let first = sync(&profiles)?;
    clock.advance(HOUR / 2);
    assert_eq!(values(&sync(&profiles)?), values(&first), "half of the lease is left");
    clock.advance(Duration::from_millis(1));
    let renewed = sync(&profiles)?;
    assert!(renewed[0].value > first[0].value);
    let (old, new) = (Envelope::parse(&first[0].value)?, Envelope::parse(&renewed[0].value)?);
    assert_eq!((new.timestamp, new.payload), (old.timestamp, old.payload));
    assert_eq!(values(&sync(&profiles)?), values(&renewed));
    Ok(())
}

fn values(records: &[Record]) -> Vec<&[u8]> {
    records.iter().map(|record| &record.value[..]).collect()
}

#[test]
fn a_record_whose_clock_peers_would_refuse_stays_private() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_of(1, &clock, HOUR);
    let notes = store.database::<Note>()?;
    notes.put(&note("ahead", ""))?;
    clock.set_unix_ms(NOW_MS - 600_001);
    let by = Duration::from_millis(600_001);
    assert_eq!(sync(&notes), Err(WriteError::ClockAhead(ClockAhead { by })));
    assert_eq!((served(&store), notes.len()), (0, 1));
    clock.advance(Duration::from_millis(1));
    assert_eq!(sync(&notes)?.len(), 1, "ten minutes ahead is taken");
    Ok(())
}

#[test]
fn an_unpublished_record_is_private_until_the_next_sync() -> Result<(), Box<dyn Error>> {
    let store = store_at_now(1);
    let profiles: MemoryStoreDatabase<Profile> = store.database()?;
    profiles.put(&profile("ada"))?;
    let first = sync(&profiles)?;
    assert!(profiles.unpublish("ada")?);
    assert_eq!(served(&store), 0);
    assert_eq!(sync(&profiles)?, first);
    assert_eq!(served(&store), 1);
    Ok(())
}
