use std::error::Error;

use libp2p::kad::store::RecordStore;
use netabase::{ArrivalError, Limits, ManualClock, PutOutcome};

use super::{ALICE, Card, alices, bob_within, card, invented, peer, send, source, weight};
use crate::{
    authors::{HOUR, NOW_MS, minutes, store_of, sync},
    schemas::{Profile, profile},
};

#[test]
fn invented_names_stay_within_the_foreign_budget() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_foreign_records: 50, max_records: 9, ..Limits::default() };
    let bob = bob_within(limits, &ManualClock::at_unix_ms(NOW_MS));
    let profiles = bob.database::<Profile>()?;
    for at in 0..9 {
        profiles.put(&profile(&at.to_string()))?;
    }
    let mut stored = 0;
    for at in 0..400 {
        let from = source(u8::try_from(at % 3)?);
        match bob.put_from(&invented(&format!("name-{at}"))?, from) {
            Ok(outcome) => {
                assert_eq!(outcome, PutOutcome::Stored);
                stored += 1;
            }
            Err(refused) => {
                assert!(matches!(refused, ArrivalError::ForeignFull { .. }), "{refused:?}");
            }
        }
        let capacity = bob.capacity_info();
        assert!(capacity.foreign.current_records <= 50);
        assert_eq!(capacity.own.current_records, 9, "own records never go");
    }
    assert!(stored > 50, "nearer ones come in: {stored}");
    assert_eq!(bob.raw_records_with_prefix(b"/netabase/name-").count(), 50);
    assert_eq!((profiles.len(), profiles.with_held().iter().count()), (9, 9));
    assert_eq!(profiles.capacity_info().schema.foreign.records, 0);
    Ok(())
}

#[test]
fn the_farthest_of_the_source_that_holds_most_goes_whether_known_or_not()
-> Result<(), Box<dyn Error>> {
    let limits = Limits { max_foreign_records: 20, ..Limits::default() };
    let bob = bob_within(limits, &ManualClock::at_unix_ms(NOW_MS));
    bob.database::<Profile>()?;
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let known = store_of(ALICE, &clock, HOUR).database::<Profile>()?;
    for at in 0..5 {
        let record = known.to_record(&profile(&at.to_string()))?;
        assert_eq!(bob.put_from(&record, source(2))?, PutOutcome::Stored);
    }
    let unknown = alices(30)?;
    let mut distances: Vec<_> = unknown.iter().map(|record| bob.distance(&record.key)).collect();
    for record in &unknown {
        let _ = bob.put_from(record, source(1));
    }
    distances.sort();
    let mut left: Vec<_> = bob
        .raw_records_with_prefix(b"/netabase/card/")
        .map(|raw| bob.distance(&raw.record.key))
        .collect();
    left.sort();
    assert_eq!(left, distances[..15]);
    assert_eq!(bob.raw_records_with_prefix(b"/netabase/profile/").count(), 5);
    Ok(())
}

#[test]
fn it_is_gone_with_its_lease() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let bob = bob_within(Limits::default(), &clock);
    let (early, late) = (alices(3)?, {
        clock.advance(minutes(20));
        let alice = store_of(3, &clock, HOUR).database::<Card>()?;
        alice.put(&card("late", ""))?;
        sync(&alice)?
    });
    send(&bob, &early)?;
    send(&bob, &late)?;
    clock.advance(minutes(40));
    assert_eq!(bob.get(&early[0].key), None, "at once");
    assert_eq!(bob.raw_records().count(), 1);
    let done = bob.maintain_store();
    assert_eq!((done.expired_records_cleaned, done.bytes_freed), (3, weight(&early).bytes));
    assert_eq!((bob.record_count(), bob.byte_count()), (1, weight(&late).bytes));
    assert_eq!(bob.publisher_usage(&peer(ALICE)).records, 0);

    // What has expired is nobody's when its schema becomes known.
    clock.advance(minutes(20));
    let cards = bob.database::<Card>()?.with_held().of(peer(3));
    assert_eq!((cards.get("late")?, cards.iter().count(), bob.record_count()), (None, 0, 0));
    Ok(())
}

#[test]
fn index_entries_that_opening_adds_stay_within_the_budget() -> Result<(), Box<dyn Error>> {
    let records = alices(100)?;
    let max_foreign_bytes = weight(&records).bytes;
    let limits = Limits { max_foreign_bytes, ..Limits::default() };
    let bob = bob_within(limits, &ManualClock::at_unix_ms(NOW_MS));
    send(&bob, &records)?;
    assert_eq!(bob.byte_count(), max_foreign_bytes, "just full");

    let cards = bob.database::<Card>()?.with_held().of(peer(ALICE));
    let left = cards.iter().count();
    assert!((50..100).contains(&left), "{left} of 100 are left");
    assert_eq!(bob.record_count(), left);
    assert!(bob.byte_count() <= max_foreign_bytes);
    let of_schema = cards.capacity_info().schema.foreign;
    assert_eq!((of_schema.records, of_schema.bytes), (left, bob.byte_count()));
    Ok(())
}
