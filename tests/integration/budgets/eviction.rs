//! Who goes when foreign records are over their budget.

use std::{error::Error, time::Duration};

use libp2p::kad::Record;
use netabase::{
    ArrivalError, DatabaseError, Limits, ManualClock, MemoryStoreDatabase, OutOfRoom, PutOutcome,
    Source, WriteError,
};

use super::{Author, held_titles, notes_within, own_records, source, store_within, weight};
use crate::{
    clocks::NOW_MS,
    schemas::{Note, note},
};

/// The last second of a record's lease, counted from now.
fn leased_for(mut record: Record, seconds: u32) -> Result<Record, Box<dyn Error>> {
    let not_after = u32::try_from(NOW_MS / 1000)? + seconds;
    record.value[9..13].copy_from_slice(&not_after.to_be_bytes());
    Ok(record)
}

/// Records of one source's, the closest to the store first.
fn by_distance(
    notes: &MemoryStoreDatabase<Note>,
    author: &Author,
    titles: &[&str],
) -> Result<Vec<Record>, DatabaseError> {
    let records = titles.iter().map(|title| author.record(title, ""));
    let mut records = records.collect::<Result<Vec<_>, _>>()?;
    records.sort_by_key(|record| notes.store().distance(&record.key));
    Ok(records)
}

fn held(notes: &MemoryStoreDatabase<Note>) -> Vec<Record> {
    notes.store().raw_records().map(|raw| Record { expires: None, ..raw.record }).collect()
}

fn is_held(notes: &MemoryStoreDatabase<Note>, record: &Record) -> bool {
    held(notes).iter().any(|held| held.key == record.key)
}

#[test]
fn what_has_expired_goes_before_anything_that_lives() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_foreign_records: 3, ..Limits::default() };
    let notes = store_within(limits, &clock).database::<Note>()?;
    let author = Author::new();
    let records = by_distance(&notes, &author, &["a", "b", "c", "d"])?;
    let [first, second, third, newcomer] = &records[..] else { return Err("four".into()) };
    // The closest of all, from the source that holds least.
    let short = leased_for(first.clone(), 10)?;
    notes.store().put_from(&short, source(1))?;
    notes.store().put_from(second, source(2))?;
    notes.store().put_from(third, source(2))?;

    clock.advance(Duration::from_secs(10));
    let outcome = notes.store().put_from(newcomer, source(2))?;

    assert_eq!(outcome, PutOutcome::Stored, "although it is the farthest of the heaviest source");
    assert!(!is_held(&notes, &short));
    assert!([second, third, newcomer].iter().all(|record| is_held(&notes, record)));
    Ok(())
}

#[test]
fn the_farthest_of_the_source_that_holds_most_goes() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(Limits { max_foreign_records: 4, ..Limits::default() });
    let author = Author::new();
    let records = by_distance(&notes, &author, &["a", "b", "c", "d", "e"])?;
    let [closest, near, middle, far, farthest] = &records[..] else { return Err("five".into()) };
    for record in [closest, near, far] {
        notes.store().put_from(record, source(1))?;
    }
    notes.store().put_from(farthest, source(2))?;

    assert_eq!(notes.store().put_from(middle, source(3))?, PutOutcome::Stored);

    assert!(!is_held(&notes, far), "the farthest of three, though another source's is farther");
    assert_eq!(held_titles(&notes)?.len(), 4);
    Ok(())
}

#[test]
fn a_newcomer_that_would_be_the_next_to_go_is_refused() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_foreign_records: 3, ..Limits::default() };
    let max_bytes = limits.max_foreign_bytes;
    let notes = notes_within(limits);
    let author = Author::new();
    let records = by_distance(&notes, &author, &["a", "b", "c", "d"])?;
    let [closest, near, far, farthest] = &records[..] else { return Err("four".into()) };
    notes.store().put_from(closest, source(1))?;
    notes.store().put_from(far, source(1))?;
    notes.store().put_from(near, Source::UNKNOWN)?;
    let (before, capacity) = (held(&notes), notes.capacity_info());

    let refused = notes.store().put_from(farthest, source(1));

    assert_eq!(refused, Err(ArrivalError::ForeignFull { max_records: 3, max_bytes }));
    assert_eq!((held(&notes), notes.capacity_info()), (before, capacity), "nothing changed");
    let record = author.record("the application's", "")?;
    assert_eq!(notes.put_record(&record)?, PutOutcome::Stored, "it is a source of its own");
    assert!(!is_held(&notes, far));
    Ok(())
}

/// Shares count by records and by bytes, whichever is more of its limit.
#[test]
fn one_large_record_can_be_more_than_two_small_ones() -> Result<(), Box<dyn Error>> {
    let author = Author::new();
    let large = author.record("large", &"x".repeat(900))?;
    let limits = Limits {
        max_foreign_records: 100,
        max_foreign_bytes: weight(&large) + 100,
        ..Limits::default()
    };
    let notes = notes_within(limits);
    notes.store().put_from(&large, source(1))?;
    for title in ["a", "b", "c", "d"] {
        notes.store().put_from(&author.record(title, "")?, source(2))?;
    }
    assert_eq!(held_titles(&notes)?, ["a", "b", "c", "d"]);
    Ok(())
}

#[test]
fn a_record_larger_than_the_budget_is_refused_and_evicts_nothing() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_foreign_bytes: 1_000, ..Limits::default() };
    let max_records = limits.max_foreign_records;
    let notes = notes_within(limits);
    let author = Author::new();
    for number in 0..10 {
        notes.store().put_from(&author.record(&number.to_string(), "")?, source(number))?;
    }
    let before = held(&notes);
    for number in [5, 100] {
        let large = author.record("5", &"x".repeat(1_000))?;
        let refused = notes.store().put_from(&large, source(number));
        assert_eq!(refused, Err(ArrivalError::ForeignFull { max_records, max_bytes: 1_000 }));
    }
    assert_eq!(held(&notes), before);
    Ok(())
}

#[test]
fn a_larger_value_of_a_held_key_makes_others_go_and_not_itself() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(Limits { max_foreign_bytes: 1_000, ..Limits::default() });
    let author = Author::new();
    let of_len = |title: &str, len| author.record(title, &"x".repeat(len));
    let mut others = vec![of_len("a", 250)?, of_len("b", 250)?];
    others.sort_by_key(|record| notes.store().distance(&record.key));
    for other in &others {
        notes.store().put_from(other, source(1))?;
    }
    notes.put_record(&of_len("growing", 300)?)?;

    let larger = of_len("growing", 450)?;
    assert_eq!(notes.put_record(&larger)?, PutOutcome::Stored);

    assert_eq!(notes.get("growing")?.map(|note| note.text.len()), Some(450));
    assert!(!is_held(&notes, &others[1]), "the farther of the source that holds most");
    let foreign = notes.capacity_info().foreign;
    assert_eq!(foreign.current_size_bytes, weight(&others[0]) + weight(&larger));

    // Now it would be what holds most itself.
    let refused = notes.put_record(&of_len("growing", 700)?);
    let full = ArrivalError::ForeignFull {
        max_records: Limits::default().max_foreign_records,
        max_bytes: 1_000,
    };
    assert_eq!(refused, Err(full));
    assert_eq!(notes.get("growing")?.map(|note| note.text.len()), Some(450), "it is as it was");
    assert_eq!(notes.capacity_info().foreign, foreign);
    Ok(())
}

#[test]
fn lowered_limits_evict_in_bounded_steps() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(Limits::default());
    notes.load((0..300).map(|number| note(&format!("mine {number}"), "")))?;
    let author = Author::new();
    let mut records = Vec::new();
    for number in 0..3_000 {
        let record = author.record(&format!("{number:04}"), "")?;
        // Two sources, one of which holds twice as much.
        notes.store().put_from(&record, source(u32::from(number % 3 == 0)))?;
        records.push((notes.store().distance(&record.key), number % 3 == 0, record));
    }
    let own = own_records(notes.store());

    let limits = Limits { max_records: 10, max_foreign_records: 500, ..Limits::default() };
    notes.store().set_limits(limits.clone());

    assert_eq!(notes.store().limits(), limits);
    assert_eq!(notes.capacity_info().foreign.current_records, 3_000, "nothing goes at once");
    let mut removed = Vec::new();
    loop {
        let done = notes.store().maintain_store();
        assert_eq!((done.records_removed, done.expired_records_cleaned), (done.evicted, 0));
        removed.push(done.evicted);
        if done.is_complete {
            break;
        }
    }
    assert_eq!(removed, [1_024, 1_024, 452]);
    // Both have as much at the end: the closest 250 of each.
    records.sort_by_key(|(distance, ..)| *distance);
    let closest = |of| records.iter().filter(move |(_, source, _)| *source == of).take(250);
    let mut expected: Vec<_> = closest(true).chain(closest(false)).collect();
    expected.sort_by_key(|(.., record)| record.key.to_vec());
    let expected: Vec<_> = expected.iter().map(|(.., record)| record.key.clone()).collect();
    let left = notes.store().raw_records().filter(|raw| !raw.state.own).map(|raw| raw.record.key);
    assert_eq!(left.collect::<Vec<_>>(), expected);

    assert_eq!(own_records(notes.store()), own, "own records are over their limit, and stay");
    let refused = notes.put(&note("one more", ""));
    assert_eq!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 10 })));
    assert_eq!(notes.put(&note("mine 0", "longer"))?, Some(note("mine 0", "")));
    Ok(())
}

#[test]
fn the_next_arrival_evicts_what_lowered_limits_left() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(Limits::default());
    let author = Author::new();
    for number in 0..50 {
        notes.store().put_from(&author.record(&number.to_string(), "")?, source(1))?;
    }
    notes.store().set_limits(Limits { max_foreign_records: 7, ..Limits::default() });

    let outcome = notes.store().put_from(&author.record("newcomer", "")?, source(2))?;

    assert_eq!(outcome, PutOutcome::Stored);
    assert_eq!(notes.capacity_info().foreign.current_records, 7);
    assert!(held_titles(&notes)?.contains(&"newcomer".to_owned()));
    Ok(())
}
