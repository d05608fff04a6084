//! How long a lease, and how far ahead a clock, of an arriving record may be.

use std::{error::Error, time::Duration};

use libp2p::kad::Record;
use netabase::{ArrivalError, ClockAhead, Envelope, ManualClock, PutOutcome, Source, Timestamp};

use crate::authors::{
    HOUR, NETWORK, NOW_MS, identity, minutes, set_clock, set_lease, sign_again, store_at_now,
    store_of, tombstone,
};
use crate::schemas::{Note, Profile, User, note, profile, user};

const NOW_S: u64 = NOW_MS / 1000;

/// What becomes of a record with this clock and lease at a store whose clock shows `now_ms`.
fn arrives_at(
    now_ms: u64,
    record: &Record,
    (clock_ms, not_after): (u64, u64),
) -> Result<Result<PutOutcome, ArrivalError>, Box<dyn Error>> {
    let mut record = record.clone();
    set_clock(&mut record, Timestamp::from_millis(clock_ms));
    set_lease(&mut record, not_after);
    if Envelope::parse(&record.value)?.signature.is_some() {
        sign_again(&mut record, NETWORK, &identity(1))?;
    }
    let store = store_of(9, &ManualClock::at_unix_ms(now_ms), HOUR);
    store.database::<Note>()?;
    store.database::<Profile>()?;
    let outcome = store.put_from(&record, Source::UNKNOWN);
    assert_eq!(store.record_count(), usize::from(outcome.is_ok()));
    Ok(outcome)
}

/// A value and a tombstone of an open and of an owned schema.
fn records() -> Result<[(Record, bool); 4], Box<dyn Error>> {
    let author = || store_at_now(1);
    let open = author().database::<Note>()?;
    let owned = author().database::<Profile>()?;
    Ok([
        (open.to_record(&note("hi", "there"))?, false),
        (owned.to_record(&profile("ada"))?, false),
        (tombstone(&open, &note("hi", ""))?, true),
        (tombstone(&owned, &profile("ada"))?, true),
    ])
}

#[test]
fn a_record_without_a_lease_is_refused() -> Result<(), Box<dyn Error>> {
    for (record, _) in records()? {
        assert_eq!(arrives_at(NOW_MS, &record, (NOW_MS, 0))?, Err(ArrivalError::NoLease));
    }
    Ok(())
}

#[test]
fn a_lease_may_be_the_longest_and_ten_minutes_and_of_a_tombstone_thirty()
-> Result<(), Box<dyn Error>> {
    for (record, is_tombstone) in records()? {
        // A second more than that, to which leases are rounded up.
        let slack = minutes(if is_tombstone { 30 } else { 10 });
        let longest = HOUR + slack + Duration::from_secs(1);
        let last = NOW_S + longest.as_secs();
        let stored = Ok(PutOutcome::Stored);
        assert_eq!(arrives_at(NOW_MS, &record, (NOW_MS, last))?, stored);
        assert_eq!(arrives_at(NOW_MS + 999, &record, (NOW_MS, last))?, stored);
        let lease = longest + Duration::from_millis(1);
        let too_long = Err(ArrivalError::LeaseTooLong { lease, longest });
        assert_eq!(arrives_at(NOW_MS - 1, &record, (NOW_MS, last))?, too_long);
        let lease = longest + Duration::from_secs(1);
        let too_long = Err(ArrivalError::LeaseTooLong { lease, longest });
        assert_eq!(arrives_at(NOW_MS, &record, (NOW_MS, last + 1))?, too_long);
    }
    Ok(())
}

#[test]
fn a_lease_lasts_up_to_the_millisecond_before_its_end() -> Result<(), Box<dyn Error>> {
    for (record, _) in records()? {
        let stored = Ok(PutOutcome::Stored);
        assert_eq!(arrives_at(NOW_MS - 1, &record, (NOW_MS - 5000, NOW_S))?, stored);
        let not_after = u32::try_from(NOW_S)?;
        let over = Err(ArrivalError::LeaseOver { not_after });
        assert_eq!(arrives_at(NOW_MS, &record, (NOW_MS - 5000, NOW_S))?, over);
        assert_eq!(arrives_at(NOW_MS + 1, &record, (NOW_MS - 5000, NOW_S))?, over);
    }
    Ok(())
}

#[test]
fn a_clock_may_be_ten_minutes_ahead() -> Result<(), Box<dyn Error>> {
    for (record, _) in records()? {
        let at = |ahead_ms| arrives_at(NOW_MS, &record, (NOW_MS + ahead_ms, NOW_S + 60));
        assert_eq!(at(600_000)?, Ok(PutOutcome::Stored));
        let by = Duration::from_millis(600_001);
        assert_eq!(at(600_001)?, Err(ArrivalError::ClockAhead(ClockAhead { by })));
    }
    Ok(())
}

/// The reason for the slack: an author's clock may be ahead as far as it is taken at all.
#[test]
fn what_an_author_whose_clock_is_ahead_gives_out_is_taken() -> Result<(), Box<dyn Error>> {
    for (now_ms, ahead_ms) in [(0, 600_000), (1, 600_000), (500, 599_999), (999, 600_000)] {
        let now_ms = NOW_MS + now_ms;
        let ahead = ManualClock::at_unix_ms(now_ms + ahead_ms);
        let store = store_of(9, &ManualClock::at_unix_ms(now_ms), HOUR);
        let copies = store.database::<Profile>()?;
        let live = store_of(1, &ahead, HOUR).database()?.to_record(&profile("ada"))?;
        assert_eq!(copies.put_record(&live), Ok(PutOutcome::Stored), "{now_ms}");
        ahead.set_unix_ms(now_ms + ahead_ms - 1000);
        let tombstone = tombstone(&store_of(1, &ahead, HOUR).database()?, &profile("bob"))?;
        assert_eq!(copies.put_record(&tombstone), Ok(PutOutcome::Stored), "{now_ms}");
    }
    Ok(())
}

/// Local records stay in their process: the application alone hands them in.
#[test]
fn a_local_record_needs_no_lease_and_may_have_any() -> Result<(), Box<dyn Error>> {
    let users = store_at_now(9).database::<User>()?;
    let mut record = users.to_record(&user(7))?;
    assert_eq!(Envelope::parse(&record.value)?.not_after, 0);
    assert_eq!(users.put_record(&record)?, PutOutcome::Stored);
    set_lease(&mut record, u64::from(u32::MAX));
    assert_eq!(users.put_record(&record)?, PutOutcome::Stored);
    set_lease(&mut record, NOW_S);
    let not_after = u32::try_from(NOW_S)?;
    let over = ArrivalError::LeaseOver { not_after };
    assert_eq!(users.put_record(&record), Err(over));
    Ok(())
}
