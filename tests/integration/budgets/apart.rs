//! Neither budget takes the other's room.

use std::error::Error;

use libp2p::kad::{
    Record,
    store::{Error as KadError, RecordStore},
};
use netabase::{ArrivalError, Limits, OutOfRoom, PutOutcome, WriteError};

use super::{Author, held_titles, notes_within, own_records, source, weight};
use crate::schemas::note;

#[test]
fn own_records_are_refused_for_own_ones_alone() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_records: 3, max_foreign_records: 2, ..Limits::default() };
    let notes = notes_within(limits);
    let author = Author::new();
    for title in ["a", "b", "c", "d"] {
        // Whether it is stored or refused: the foreign budget is full afterwards.
        drop(notes.store().put_from(&author.record(title, "")?, source(1)));
    }
    assert_eq!(notes.capacity_info().foreign.current_records, 2);

    for title in ["x", "y", "z"] {
        notes.put(&note(title, ""))?;
    }

    let refused = notes.put(&note("too many", ""));
    assert_eq!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 3 })));
    let capacity = notes.capacity_info();
    assert_eq!((capacity.own.current_records, capacity.foreign.current_records), (3, 2));
    Ok(())
}

#[test]
fn foreign_records_are_taken_while_the_own_budget_is_full() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_records: 1, max_foreign_records: 2, ..Limits::default() };
    let notes = notes_within(limits);
    notes.put(&note("mine", ""))?;
    let own = own_records(notes.store());
    let author = Author::new();

    assert_eq!(notes.put_record(&author.record("a", "")?)?, PutOutcome::Stored);
    let sent = notes.store().put_from(&author.record("b", "")?, source(1))?;

    assert_eq!(sent, PutOutcome::Stored);
    assert_eq!(own_records(notes.store()), own);
    assert_eq!(notes.capacity_info().foreign.current_records, 2);
    Ok(())
}

#[test]
fn the_bytes_of_the_budgets_are_apart_too() -> Result<(), Box<dyn Error>> {
    let author = Author::new();
    let theirs = author.record("theirs", &"x".repeat(500))?;
    let limits = Limits { max_bytes: 600, max_foreign_bytes: weight(&theirs), ..Limits::default() };
    let notes = notes_within(limits);
    assert_eq!(notes.put_record(&theirs)?, PutOutcome::Stored);

    notes.put(&note("mine", &"x".repeat(500)))?;
    assert_eq!(notes.len(), 2);

    let too_much = notes.put(&note("mine, too", &"x".repeat(500)));
    assert!(
        matches!(too_much, Err(WriteError::OutOfRoom(OutOfRoom::Bytes { max_bytes: 600, .. }))),
        "{too_much:?}"
    );
    let capacity = notes.capacity_info();
    assert_eq!(capacity.foreign.current_size_bytes, weight(&theirs));
    assert_eq!(capacity.own.current_size_bytes, weight(&own_records(notes.store())[0].record));
    Ok(())
}

#[test]
fn without_a_foreign_budget_nothing_foreign_is_taken() -> Result<(), Box<dyn Error>> {
    let none = [
        Limits { max_foreign_records: 0, ..Limits::default() },
        Limits { max_foreign_bytes: 0, ..Limits::default() },
        Limits { max_foreign_records: 0, max_foreign_bytes: 0, ..Limits::default() },
    ];
    for limits in none {
        let notes = notes_within(limits.clone());
        notes.put(&note("mine", ""))?;
        let refused = notes.put_record(&Author::new().record("theirs", "")?);
        let expected = ArrivalError::ForeignFull {
            max_records: limits.max_foreign_records,
            max_bytes: limits.max_foreign_bytes,
        };
        assert_eq!(refused, Err(expected), "{limits:?}");
        assert_eq!((notes.len(), notes.store().record_count()), (1, 1));
    }
    Ok(())
}

#[test]
fn writing_a_foreign_key_moves_it_to_the_own_budget() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_records: 1, max_foreign_records: 1, ..Limits::default() };
    let notes = notes_within(limits);
    let author = Author::new();
    notes.put_record(&author.record("a", "theirs")?)?;

    assert_eq!(notes.put(&note("a", "mine"))?, Some(note("a", "theirs")));

    let capacity = notes.capacity_info();
    assert_eq!((capacity.own.current_records, capacity.foreign.current_records), (1, 0));
    assert_eq!(capacity.foreign.current_size_bytes, 0);
    assert_eq!(notes.put_record(&author.record("b", "")?)?, PutOutcome::Stored, "there is room");

    let refused = notes.put(&note("b", "mine"));
    assert_eq!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 1 })));
    assert_eq!(notes.get("b")?, Some(note("b", "")), "it is still theirs");
    Ok(())
}

#[test]
fn publishing_a_foreign_record_as_it_is_moves_it_to_the_own_budget() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_records: 1, ..Limits::default() };
    let notes = notes_within(limits);
    let mut store = notes.store().clone();
    let author = Author::new();
    for title in ["a", "b"] {
        let record = author.record(title, "")?;
        store.put(record.clone())?;
        let published = store.put(Record { publisher: Some(store.peer_id()), ..record });
        assert_eq!(published.is_ok(), title == "a", "there is room for one: {published:?}");
    }

    let capacity = notes.capacity_info();
    assert_eq!((capacity.own.current_records, capacity.foreign.current_records), (1, 1));
    assert_eq!(notes.iter().count(), 1, "databases show what is own");
    assert_eq!(held_titles(&notes)?, ["a", "b"]);
    Ok(())
}

/// The room of a published key is the application's, whoever writes it.
#[test]
fn a_foreign_value_of_a_published_key_stays_in_the_own_budget() -> Result<(), Box<dyn Error>> {
    let author = Author::new();
    let room = weight(&author.record("hi", &"x".repeat(100))?);
    let limits = Limits { max_bytes: room, max_foreign_records: 0, ..Limits::default() };
    let notes = notes_within(limits);
    let mut store = notes.store().clone();
    let record = notes.to_record(&note("hi", "mine"))?;
    store.put(Record { publisher: Some(store.peer_id()), ..record.clone() })?;

    // Later than the record that it is to beat.
    let theirs = |text: &str| {
        let mut theirs = author.record("hi", text)?;
        theirs.value[..8].copy_from_slice(&later(&record)?);
        Ok::<_, Box<dyn Error>>(theirs)
    };
    let too_large = theirs(&"x".repeat(101))?;
    let refused = store.put_from(&too_large, source(1));
    assert!(
        matches!(refused, Err(ArrivalError::OutOfRoom(OutOfRoom::Bytes { max_bytes, .. })) if max_bytes == room),
        "{refused:?}"
    );
    assert!(matches!(store.put(too_large), Err(KadError::MaxRecords)));
    assert_eq!(notes.get("hi")?, Some(note("hi", "mine")), "nothing was stored");

    let fits = note("hi", &"x".repeat(100));
    assert_eq!(store.put_from(&theirs(&fits.text)?, source(1))?, PutOutcome::Stored);
    assert_eq!(notes.get("hi")?, Some(fits));
    let capacity = notes.capacity_info();
    assert_eq!((capacity.own.current_records, capacity.own.current_size_bytes), (1, room));
    assert_eq!(capacity.foreign.current_records, 0);
    Ok(())
}

/// The next clock.
fn later(record: &Record) -> Result<[u8; 8], Box<dyn Error>> {
    let clock: [u8; 8] = record.value[..8].try_into()?;
    Ok((u64::from_be_bytes(clock) + 1).to_be_bytes())
}

#[test]
fn own_tombstones_take_own_room_and_are_seen_by_nobody_but_peers() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_records: 2, max_foreign_records: 1, ..Limits::default() };
    let notes = notes_within(limits);
    let mut store = notes.store().clone();
    let record = notes.to_record(&note("gone", "text"))?;
    store.put(Record { publisher: Some(store.peer_id()), ..record.clone() })?;
    notes.remove("gone")?;
    let tombstone = own_records(&store);

    let seen = (notes.len(), notes.iter().count(), notes.with_held().iter().count());
    assert_eq!((notes.get("gone")?, seen), (None, (0, 0, 0)));
    assert_eq!(notes.get_local_records().count(), 0);
    let own = notes.capacity_info().own;
    assert_eq!((own.current_records, own.current_size_bytes), (1, weight(&tombstone[0].record)));
    notes.put(&note("one", ""))?;
    let refused = notes.put(&note("two", ""));
    assert_eq!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 2 })));

    let author = Author::new();
    for number in 0..1_000 {
        drop(store.put_from(&author.record(&number.to_string(), "")?, source(number)));
    }
    let left: Vec<_> = own_records(&store).into_iter().filter(|raw| !raw.state.wanted).collect();
    assert_eq!(left, tombstone, "no flood evicts it");
    let served = store.get(&record.key).ok_or("it is served")?.into_owned();
    assert_eq!(served.value, tombstone[0].record.value);
    Ok(())
}
