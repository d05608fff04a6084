//! A million records from all over the world, against a store with little room for others.

use std::{error::Error, net::Ipv6Addr, thread};

use libp2p::kad::{Record, RecordKey, store::RecordStore};
use netabase::{ArrivalError, Limits, NetabaseStore, OutOfRoom, PutOutcome, Source, WriteError};

use super::{Author, notes_within, own_records, source};
use crate::schemas::note;

const FLOOD: u32 = 1_000_000;
const THREADS: u32 = 2;
const FOREIGN: usize = 5_000;

#[test]
fn a_million_foreign_records_move_no_own_one() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_records: 300, max_foreign_records: FOREIGN, ..Limits::default() };
    let notes = notes_within(limits);
    let mut store = notes.store().clone();
    notes.load((0..200).map(|number| note(&format!("mine {number:03}"), "private")))?;
    for number in 0..100 {
        let title = format!("published {number:03}");
        let record = notes.to_record(&note(&title, "public"))?;
        store.put(Record { publisher: Some(store.peer_id()), ..record })?;
        if number % 4 == 0 {
            notes.remove(&title)?;
        }
    }
    let before = own_records(&store);
    assert_eq!(before.len(), 300, "25 tombstones among them");
    let template = Author::new().record("00000000", "")?;

    let stored: usize = thread::scope(|scope| {
        let part = |first| flood(&store, &template, (first..FLOOD).step_by(THREADS as usize));
        let threads: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || part(first))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
    });

    assert!(own_records(&store) == before, "not a byte of the application's is another");
    let capacity = store.capacity_info();
    assert_eq!(capacity.foreign.current_records, FOREIGN);
    assert_eq!(capacity.own.current_records, 300);
    assert!(stored > FOREIGN, "{stored} were stored, for a while");
    assert!(matches!(
        notes.put(&note("one more", "")),
        Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 300 }))
    ));
    notes.put(&note("mine 000", "and it can be written"))?;
    Ok(())
}

/// Sends these records; says how many were stored.
fn flood(store: &NetabaseStore, template: &Record, numbers: impl Iterator<Item = u32>) -> usize {
    let mut stored = 0;
    for (at, number) in numbers.enumerate() {
        match store.put_from(&numbered(template, number), source_of(number)) {
            Ok(PutOutcome::Stored) => stored += 1,
            Err(ArrivalError::ForeignFull { max_records: FOREIGN, .. }) => {}
            other => panic!("unexpected: {other:?}"),
        }
        if at % 10_000 == 0 {
            let held = store.capacity_info().foreign.current_records;
            assert!(held <= FOREIGN, "{held} after {number}");
        }
    }
    stored
}

/// One peer with many addresses, many peers, some behind nobody knows what.
fn source_of(number: u32) -> Source {
    match number % 4 {
        0 => Source::UNKNOWN,
        1 => source(number % 1_000),
        2 => source(number),
        _ => Source::of_ip(Ipv6Addr::from_bits(u128::from(number) << 50).into()),
    }
}

/// The template with another title of eight hex digits: making a million the usual way takes longer than
/// storing them.
fn numbered(template: &Record, number: u32) -> Record {
    let mut title = [0; 8];
    for (place, digit) in title.iter_mut().enumerate() {
        *digit = b"0123456789abcdef"[(number >> (4 * place)) as usize & 15];
    }
    let mut key = template.key.to_vec();
    // Behind it stands the terminator.
    let end = key.len() - 1;
    key[end - 8..end].copy_from_slice(&title);
    let mut value = template.value.clone();
    // Behind an envelope of 14 bytes and the title's length.
    value[15..23].copy_from_slice(&title);
    Record { key: RecordKey::from(key), value, publisher: None, expires: None }
}
