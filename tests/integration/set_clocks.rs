//! Publishing while the wall clock is set forwards and back.

use std::{error::Error, time::Duration};

use libp2p::kad::store::RecordStore;
use netabase::{ClockAhead, Envelope, ManualClock, PutOutcome, WriteError};

use crate::authors::{HOUR, NOW_MS, minutes, store_of, sync};
use crate::schemas::{Note, Profile, note, profile};

const YEAR_MS: u64 = 366 * 24 * 60 * 60 * 1000;

#[test]
fn a_lease_that_a_jump_of_the_clock_ended_is_given_anew() -> Result<(), Box<dyn Error>> {
    // A machine that boots in 1970 until it asks for the time.
    let clock = ManualClock::at_unix_ms(1000);
    let store = store_of(1, &clock, HOUR);
    let profiles = store.database::<Profile>()?;
    profiles.put_with_ttl(&profile("ada"), Some(minutes(30)))?;
    sync(&profiles)?;

    clock.set_unix_ms(NOW_MS);

    assert!(profiles.contains("ada")?, "its life is not over");
    assert!(RecordStore::get(&store, &profiles.record_key("ada")?).is_none(), "its lease is");
    let renewed = profiles.get_republish_records(9).remove(0)?;
    assert_eq!(profiles.get_republish_records(9), [], "none twice");
    let elsewhere = store_of(2, &clock, HOUR).database::<Profile>()?;
    assert_eq!(elsewhere.put_record(&renewed)?, PutOutcome::Stored);
    Ok(())
}

#[test]
fn a_lease_that_a_jump_of_the_clock_made_too_long_is_given_anew() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = store_of(1, &clock, HOUR).database::<Profile>()?;
    profiles.put(&profile("ada"))?;
    sync(&profiles)?;
    clock.set_unix_ms(NOW_MS + 10 * YEAR_MS);
    let far = profiles.get_republish_records(9).remove(0)?;
    clock.set_unix_ms(NOW_MS + 1000);
    let elsewhere = store_of(2, &clock, HOUR).database::<Profile>()?;
    assert!(elsewhere.put_record(&far).is_err(), "nobody takes it");

    let renewed = profiles.get_republish_records(9).remove(0)?;

    assert_eq!(elsewhere.put_record(&renewed)?, PutOutcome::Stored);
    assert_eq!(profiles.get_republish_records(9), [], "none twice");
    Ok(())
}

/// The same author on a machine whose clock is ahead, by less than peers allow.
#[test]
fn a_lease_that_peers_take_is_not_made_shorter() -> Result<(), Box<dyn Error>> {
    let clocks = [NOW_MS, NOW_MS + 2 * 60 * 1000].map(ManualClock::at_unix_ms);
    let [ours, ahead] =
        clocks.each_ref().map(|clock| store_of(1, clock, HOUR).database::<Profile>());
    let (ours, ahead) = (ours?, ahead?);
    for profiles in [&ours, &ahead] {
        profiles.put(&profile("ada"))?;
    }
    sync(&ours)?;
    let theirs = sync(&ahead)?.remove(0);
    assert_eq!(ours.put_record(&theirs)?, PutOutcome::Stored);

    assert_eq!(
        ours.get_republish_records(9),
        [],
        "a shorter lease would lose against the longer one"
    );
    let kept = ours.get_record("ada")?.ok_or("it was stored")?;
    assert_eq!(kept.value, theirs.value);
    Ok(())
}

#[test]
fn what_peers_would_refuse_for_its_clock_keeps_no_other_from_renewal() -> Result<(), Box<dyn Error>>
{
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_of(1, &clock, HOUR);
    let profiles = store.database::<Profile>()?;
    for handle in ["a", "b"] {
        profiles.put(&profile(handle))?;
    }
    sync(&profiles)?;
    clock.set_unix_ms(NOW_MS + YEAR_MS);
    profiles.put(&profile("a"))?;
    clock.set_unix_ms(NOW_MS);
    clock.advance(minutes(31));

    let renewed: Vec<_> =
        profiles.get_republish_records(1).into_iter().collect::<Result<_, _>>()?;
    assert_eq!(Profile::try_from(&renewed[0])?.handle, "b");
    assert_eq!(profiles.get_republish_records(9), [], "it ends");

    let by = Duration::from_millis(YEAR_MS - 31 * 60 * 1000);
    let synced: Vec<_> = profiles.sync_to_network().collect();
    assert_eq!(synced[0], Err(WriteError::ClockAhead(ClockAhead { by })), "who syncs is told");
    assert!(synced[1].is_ok());
    Ok(())
}

#[test]
fn a_write_while_the_clock_was_ahead_leaves_other_keys_their_time() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS + YEAR_MS);
    let notes = store_of(1, &clock, HOUR).database::<Note>()?;
    notes.put(&note("ahead", ""))?;
    clock.set_unix_ms(NOW_MS);

    notes.put(&note("other", ""))?;
    let record = notes.to_record(&note("another", ""))?;

    assert_eq!(Envelope::parse(&record.value)?.timestamp.millis(), NOW_MS);
    let mut last = None;
    for _ in 0..3 {
        notes.put(&note("ahead", ""))?;
        let record = notes.get_record("ahead")?.ok_or("it was stored")?;
        let next = Some(Envelope::parse(&record.value)?.timestamp);
        assert!(next > last, "the clock of one key grows for all that");
        last = next;
    }
    Ok(())
}

#[test]
fn a_record_that_kad_publishes_again_is_renewed_again() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut store = store_of(1, &clock, HOUR);
    let notes = store.database::<Note>()?;
    notes.put(&note("hi", ""))?;
    let mut record = sync(&notes)?.remove(0);
    notes.unpublish("hi")?;
    record.publisher = Some(store.peer_id());
    RecordStore::put(&mut store, record)?;

    clock.advance(minutes(31));

    assert_eq!(notes.get_republish_records(9).len(), 1);
    clock.advance(minutes(50));
    assert!(RecordStore::get(&store, &notes.record_key("hi")?).is_some(), "it is still served");
    Ok(())
}
