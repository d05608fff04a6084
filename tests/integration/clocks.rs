//! Timestamps and leases, by a clock that tests move.

use std::{error::Error, time::Duration};

use libp2p::kad::store::RecordStore;
use netabase::{
    ArrivalError, Clock, ClockAhead, DatabaseError, Envelope, ManualClock, NetabaseStore,
    PutOutcome, WriteError,
};

use crate::schemas::{Note, note};

pub(crate) const NOW_MS: u64 = 1_800_000_000_000;

pub(crate) fn store_at(clock: &ManualClock) -> NetabaseStore {
    let store = NetabaseStore::builder().clock(clock.clone()).build();
    store.expect("a fresh identity is ed25519")
}

#[test]
fn a_lapsed_copy_does_not_keep_a_live_one_out() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut store = store_at(&clock);
    store.database::<Note>()?;
    let author = store_at(&clock).database::<Note>()?;
    let older = author.to_record(&note("hi", "older"))?;
    let mut short = author.to_record(&note("hi", "newer"))?;
    short.value[9..13].copy_from_slice(&u32::try_from(NOW_MS / 1000 + 1)?.to_be_bytes());
    RecordStore::put(&mut store, short)?;
    assert!(RecordStore::put(&mut store, older.clone()).is_err(), "it is outdated");

    clock.advance(Duration::from_secs(1));

    RecordStore::put(&mut store, older.clone())?;
    let served = RecordStore::get(&store, &older.key).ok_or("it is served")?.into_owned();
    assert_eq!(served.value, older.value);
    Ok(())
}

#[test]
fn clocks_far_ahead_are_refused_and_drag_nobody() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let notes = store_at(&clock).database::<Note>()?;
    let at = |ahead_ms| {
        let author = store_at(&ManualClock::at_unix_ms(NOW_MS + ahead_ms));
        Ok::<_, DatabaseError>(author.database::<Note>()?.to_record(&note("hi", "there"))?)
    };

    let refused = notes.put_record(&at(600_001)?);
    let by = Duration::from_millis(600_001);
    assert_eq!(refused, Err(ArrivalError::ClockAhead(ClockAhead { by })));
    assert_eq!(notes.put_record(&at(600_000)?)?, PutOutcome::Stored);

    // The key itself goes on behind its last value, but no other key does.
    notes.put(&note("hi", "mine"))?;
    let record = notes.get_record("hi")?.ok_or("it was stored")?;
    assert_eq!(Envelope::parse(&record.value)?.timestamp.millis(), NOW_MS + 600_000);
    notes.put(&note("other", ""))?;
    let record = notes.get_record("other")?.ok_or("it was stored")?;
    assert_eq!(Envelope::parse(&record.value)?.timestamp.millis(), NOW_MS);
    Ok(())
}

#[test]
fn local_clocks_grow_while_the_wall_clock_stands_or_jumps_back() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let notes = store_at(&clock).database::<Note>()?;
    let mut last = None;
    for (step, wall) in [NOW_MS, NOW_MS, NOW_MS - 5000, 0, NOW_MS + 1].into_iter().enumerate() {
        clock.set_unix_ms(wall);
        notes.put(&note("hi", &step.to_string()))?;
        let record = notes.get_record("hi")?.ok_or("it was stored")?;
        let next = Some(Envelope::parse(&record.value)?.timestamp);
        assert!(next > last, "step {step}: {next:?} after {last:?}");
        last = next;
    }
    Ok(())
}

#[test]
fn a_record_that_peers_would_refuse_is_not_given_out() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let notes = store_at(&clock).database::<Note>()?;
    notes.put(&note("hi", ""))?;
    clock.set_unix_ms(NOW_MS - 3_600_000);
    let refused = notes.to_record(&note("hi", ""));
    assert!(matches!(refused, Err(WriteError::ClockAhead(ClockAhead { .. }))), "{refused:?}");
    Ok(())
}

#[test]
fn a_lease_is_kept_to_and_shown_as_expiry() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut store = store_at(&clock);
    store.database::<Note>()?;
    let mut record = store_at(&clock).database::<Note>()?.to_record(&note("hi", "there"))?;
    let not_after = u32::try_from(NOW_MS / 1000 + 60)?;
    record.value[9..13].copy_from_slice(&not_after.to_be_bytes());

    RecordStore::put(&mut store, record.clone())?;
    let served = RecordStore::get(&store, &record.key).ok_or("it is served")?.into_owned();
    let expected = clock.now().monotonic + Duration::from_secs(60);
    assert_eq!(served.expires, Some(expected));

    clock.advance(Duration::from_secs(60));
    assert!(RecordStore::get(&store, &record.key).is_none(), "not one moment longer");
    let late = store_at(&clock).database::<Note>()?.put_record(&record);
    assert_eq!(late, Err(ArrivalError::LeaseOver { not_after }));
    Ok(())
}
