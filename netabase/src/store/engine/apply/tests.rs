//! A panic in any step of a transition leaves the store refusing writes, and readable.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::fault;
use crate::{
    NetabaseSchema,
    database::{DatabaseError, MemoryStoreDatabase},
    store::{ArrivalError, Damaged, Limits, ManualClock, NetabaseStore, Source, WriteError},
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", crate = "crate")]
struct Note {
    #[netabase(key)]
    id: u32,
    #[netabase(index)]
    tag: String,
}

fn note(id: u32, tag: &str) -> Note {
    Note { id, tag: tag.into() }
}

/// A store with a record of each kind that a commit may touch: own, private and served, foreign, expired.
fn store() -> Result<(NetabaseStore, MemoryStoreDatabase<Note>), DatabaseError> {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let limits = Limits { max_foreign_records: 1, ..Limits::default() };
    let store = NetabaseStore::builder().clock(clock.clone()).limits(limits).build()?;
    let notes = store.database::<Note>()?;
    notes.put_with_ttl(&note(1, "short"), Some(Duration::from_secs(1)))?;
    notes.put(&note(2, "private"))?;
    notes.put(&note(3, "served"))?;
    notes.publish_record(&notes.record_key(&3)?)?;
    let author = NetabaseStore::builder().clock(clock.clone()).build()?.database::<Note>()?;
    store.put_from(&author.to_record(&note(4, "foreign"))?, Source::UNKNOWN)?;
    clock.advance(Duration::from_secs(2));
    Ok((store, notes))
}

/// Panics in one step after the other of a write, each time in a new store, until the write is done.
fn panics_in_each_step(
    write: impl Fn(&NetabaseStore, &MemoryStoreDatabase<Note>) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    for steps in 0.. {
        let (store, notes) = store()?;
        fault::panic_after(steps);
        let panicked = catch_unwind(AssertUnwindSafe(|| write(&store, &notes))).is_err();
        if fault::disarm() {
            assert!(!panicked && steps > 3, "it has had its {steps} steps");
            notes.put(&note(9, "later"))?;
            return Ok(());
        }
        assert!(panicked, "step {steps}");
        refuses_writes(&store, &notes, steps);
    }
    Ok(())
}

fn refuses_writes(store: &NetabaseStore, notes: &MemoryStoreDatabase<Note>, step: usize) {
    let is_damaged =
        |refused: &Result<(), WriteError>| matches!(refused, Err(WriteError::Damaged(Damaged)));
    let key = notes.record_key(&3).expect("it is a key");
    for refused in [
        notes.put(&note(9, "later")).map(drop),
        notes.remove(&2).map(drop),
        notes.clear().map(drop),
        notes.put_batch(&[note(9, "later")]),
        notes.set_ttl(&2, None).map(drop),
        notes.unpublish(&3).map(drop),
        notes.publish_record(&key).map(drop),
        notes.to_record(&note(9, "later")).map(drop),
    ] {
        assert!(is_damaged(&refused), "step {step}: {refused:?}");
    }
    // Reads go on, whatever they find, and maintenance has nothing to do.
    let _ = (notes.get(&2), notes.iter().count(), notes.scan().count(), notes.len());
    let _ = (store.raw_records().count(), store.capacity_info(), store.sources());
    assert!(store.maintain_store().is_complete, "step {step}");
}

#[test]
fn a_panic_in_any_step_of_a_put_leaves_the_store_refusing_writes() -> Result<(), DatabaseError> {
    panics_in_each_step(|_, notes| Ok(notes.put(&note(2, "other")).map(drop)?))
}

#[test]
fn a_panic_in_any_step_of_a_removal_leaves_the_store_refusing_writes() -> Result<(), DatabaseError>
{
    panics_in_each_step(|_, notes| Ok(notes.remove(&2).map(drop)?))
}

#[test]
fn a_panic_in_any_step_of_a_batch_leaves_the_store_refusing_writes() -> Result<(), DatabaseError> {
    panics_in_each_step(|_, notes| Ok(notes.put_batch(&[note(3, "other"), note(5, "new")])?))
}

#[test]
fn a_panic_in_any_step_of_an_eviction_leaves_the_store_refusing_writes() -> Result<(), DatabaseError>
{
    panics_in_each_step(|store, notes| {
        // Of the two, one goes for the other, or is refused: one of many ids is nearer than what is held.
        for id in 100..200 {
            let record = notes.to_record(&note(id, "foreign"))?;
            match store.put_from(&record, Source::of_ip([192, 0, 2, 7].into())) {
                Err(ArrivalError::ForeignFull { .. }) => {}
                result => return Ok(result.map(drop)?),
            }
        }
        Ok(())
    })
}
