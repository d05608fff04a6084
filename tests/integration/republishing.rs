//! Renewing the leases of what was published.

use std::{borrow::Cow, error::Error, time::Duration};

use libp2p::kad::{Record, store::RecordStore};
use netabase::{Envelope, ManualClock, MemoryStoreDatabase, OpenError, PutOutcome, WriteError};

use crate::authors::{HOUR, NOW_MS, minutes, store_of, sync};
use crate::schemas::{Note, Profile, note, profile};

fn profiles_at(clock: &ManualClock) -> Result<MemoryStoreDatabase<Profile>, OpenError> {
    store_of(1, clock, HOUR).database()
}

fn renewed(profiles: &MemoryStoreDatabase<Profile>, max: usize) -> Result<Vec<Record>, WriteError> {
    profiles.get_republish_records(max).into_iter().collect()
}

fn handles(records: &[Record]) -> Result<Vec<String>, Box<dyn Error>> {
    records.iter().map(|record| Ok(Profile::try_from(record)?.handle)).collect()
}

fn not_after(record: &Record) -> Result<u64, Box<dyn Error>> {
    Ok(Envelope::parse(&record.value)?.not_after.into())
}

#[test]
fn only_what_has_less_than_half_of_the_longest_lease_left_is_due() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    profiles.put(&profile("private"))?;
    assert_eq!(renewed(&profiles, 9)?, [], "what is private has no lease");
    profiles.put(&profile("ada"))?;
    sync(&profiles)?;
    profiles.unpublish("private")?;

    assert_eq!(renewed(&profiles, 9)?, []);
    clock.advance(Duration::from_millis(30 * 60 * 1000 - 1));
    assert_eq!(renewed(&profiles, 9)?, []);
    clock.advance(Duration::from_millis(1));
    assert_eq!(renewed(&profiles, 9)?, [], "half of it is left");
    clock.advance(Duration::from_millis(1));
    assert_eq!(handles(&renewed(&profiles, 9)?)?, ["ada"]);
    assert_eq!(renewed(&profiles, 9)?, [], "none twice");
    Ok(())
}

#[test]
fn the_most_urgent_come_first_and_at_most_as_many_as_asked_for() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    for handle in ["c", "a", "e", "b", "d"] {
        profiles.put(&profile(handle))?;
        sync(&profiles)?;
        clock.advance(Duration::from_secs(10));
    }
    assert_eq!(renewed(&profiles, 9)?, []);
    clock.advance(Duration::from_secs(30 * 60 - 19));
    assert_eq!(handles(&renewed(&profiles, 9)?)?, ["c", "a", "e", "b"], "one is not due yet");
    clock.advance(minutes(45));
    assert_eq!(renewed(&profiles, 0)?, []);
    let first_two = handles(&renewed(&profiles, 2)?)?;
    assert_eq!((first_two.len(), &first_two[0][..]), (2, "d"), "its lease ends before all others'");
    let mut rest = handles(&renewed(&profiles, 9)?)?;
    rest.extend(first_two);
    rest.sort();
    assert_eq!(rest, ["a", "b", "c", "d", "e"], "none twice, none left out");
    Ok(())
}

#[test]
fn a_renewed_record_is_the_same_value_with_a_later_lease() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    profiles.put(&profile("ada"))?;
    let first = sync(&profiles)?.remove(0);
    let bytes = profiles.store().byte_count();
    clock.advance(minutes(40));

    let second = renewed(&profiles, 9)?.remove(0);

    assert!(second.value > first.value, "so that it wins everywhere");
    let (old, new) = (Envelope::parse(&first.value)?, Envelope::parse(&second.value)?);
    assert_eq!((new.timestamp, new.payload), (old.timestamp, old.payload));
    assert_eq!(not_after(&second)?, NOW_MS / 1000 + 100 * 60);
    let served = RecordStore::get(profiles.store(), &first.key).map(Cow::into_owned);
    assert_eq!(served.as_ref(), Some(&second));
    assert_eq!(profiles.store().byte_count(), bytes);
    let copies = store_of(2, &clock, HOUR).database::<Profile>()?;
    assert_eq!(copies.put_record(&first)?, PutOutcome::Stored);
    assert_eq!(copies.put_record(&second)?, PutOutcome::Stored);
    Ok(())
}

#[test]
fn renewal_keeps_a_record_alive_for_as_long_as_its_author_renews_it() -> Result<(), Box<dyn Error>>
{
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    let bob = store_of(2, &clock, HOUR);
    let copies = bob.database::<Profile>()?.of(profiles.store().peer_id());
    profiles.put(&profile("ada"))?;
    copies.put_records_batch(&sync(&profiles)?);
    for _ in 0..20 {
        clock.advance(minutes(31));
        let records = renewed(&profiles, 9)?;
        assert_eq!(copies.put_records_batch(&records), [Ok(PutOutcome::Stored)]);
        assert_eq!(copies.get("ada")?, Some(profile("ada")));
    }
    clock.advance(HOUR);
    assert_eq!(copies.get("ada")?, None, "not renewed, it ends there");
    assert_eq!(profiles.get("ada")?, Some(profile("ada")), "and stays with its author");
    assert!(RecordStore::records(profiles.store()).next().is_none(), "who serves it no longer");
    assert_eq!(renewed(&profiles, 9)?.len(), 1, "until it is renewed");
    assert_eq!(RecordStore::records(profiles.store()).count(), 1);
    Ok(())
}

#[test]
fn nothing_is_renewed_beyond_the_end_of_its_life() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    profiles.put_with_ttl(&profile("short"), Some(minutes(20)))?;
    profiles.put_with_ttl(&profile("exactly"), Some(HOUR))?;
    profiles.put_with_ttl(&profile("longer"), Some(minutes(80)))?;
    let records = sync(&profiles)?;
    let leases = records.iter().map(not_after).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(handles(&records)?, ["exactly", "longer", "short"]);
    assert_eq!(leases, [60, 60, 20].map(|minutes| NOW_MS / 1000 + minutes * 60));

    clock.advance(minutes(10));
    assert_eq!(renewed(&profiles, 9)?, [], "the shortest's lease ends with its life");
    clock.advance(minutes(25));
    let last = renewed(&profiles, 9)?;
    assert_eq!(handles(&last)?, ["longer"]);
    assert_eq!(not_after(&last[0])?, NOW_MS / 1000 + 80 * 60, "up to its end of life");
    clock.advance(minutes(40));
    assert_eq!(renewed(&profiles, 9)?, [], "and once more it is not");
    assert_eq!(profiles.len(), 1);
    clock.advance(minutes(5));
    assert_eq!((profiles.len(), profiles.store().record_count()), (0, 0));
    Ok(())
}

#[test]
fn renewal_follows_a_new_end_of_life() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    profiles.put_with_ttl(&profile("ada"), Some(minutes(50)))?;
    profiles.put(&profile("bob"))?;
    sync(&profiles)?;
    clock.advance(minutes(40));
    assert!(profiles.set_ttl("bob", Some(minutes(15)))?);
    assert!(profiles.set_ttl("ada", None)?);
    assert_eq!(handles(&renewed(&profiles, 9)?)?, ["ada"]);
    Ok(())
}

#[test]
fn what_is_unpublished_removed_or_not_own_is_not_renewed() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    profiles.put_batch(&["kept", "removed", "unpublished"].map(profile))?;
    sync(&profiles)?;
    let bob = store_of(2, &clock, HOUR).database::<Profile>()?;
    profiles.put_record(&bob.to_record(&profile("bobs"))?)?;
    profiles.unpublish("unpublished")?;
    profiles.remove("removed")?;
    let notes = profiles.store().database::<Note>()?;
    notes.put(&note("hi", ""))?;
    sync(&notes)?;

    clock.advance(minutes(50));
    assert_eq!(handles(&renewed(&profiles, 9)?)?, ["kept"]);
    assert_eq!(notes.get_republish_records(9).len(), 1, "a schema's renewal is its own");
    Ok(())
}

#[test]
fn what_kad_published_is_renewed_too() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = profiles_at(&clock)?;
    let mut record = profiles.to_record(&profile("ada"))?;
    record.publisher = Some(profiles.store().peer_id());
    RecordStore::put(&mut profiles.store().clone(), record)?;
    clock.advance(minutes(31));
    assert_eq!(handles(&renewed(&profiles, 9)?)?, ["ada"]);
    Ok(())
}
