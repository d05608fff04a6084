//! Room is made by bounded plans, of rows that can free it.

use std::{error::Error, time::Duration};

use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    NetabaseSchema,
    database::{DatabaseError, MemoryStoreDatabase},
    store::{Limits, ManualClock, NetabaseStore, PutOutcome, Source, WriteError},
};

#[derive(Clone, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", crate = "crate")]
struct Note {
    #[netabase(key)]
    id: u32,
    text: String,
}

fn note(id: u32) -> Note {
    Note { id, text: String::new() }
}

fn large(id: u32, len: usize) -> Note {
    Note { id, text: "x".repeat(len) }
}

struct Setting {
    clock: ManualClock,
    store: NetabaseStore,
    notes: MemoryStoreDatabase<Note>,
    theirs: MemoryStoreDatabase<Note>,
}

impl Setting {
    fn new(limits: Limits) -> Result<Self, DatabaseError> {
        let clock = ManualClock::at_unix_ms(1_800_000_000_000);
        let store = NetabaseStore::builder().clock(clock.clone()).limits(limits).build()?;
        let notes = store.database()?;
        let theirs = NetabaseStore::builder().clock(clock.clone()).build()?.database()?;
        Ok(Self { clock, store, notes, theirs })
    }

    fn receive(&self, note: &Note) -> Result<PutOutcome, ArrivalError> {
        let record = self.theirs.to_record(note).expect("it can be encoded");
        self.store.put_from(&record, Source::UNKNOWN)
    }

    fn let_leases_end(&self) {
        self.clock.advance(self.store.max_lifetime() + Duration::from_secs(2));
    }

    fn rows(&self) -> usize {
        self.store.shared.inner.read().engine.len()
    }

    /// Makes a plan and drops it; says how many changes it had, and what came of it.
    fn plan(
        &self,
        make_room: impl FnOnce(&mut Plan<'_>) -> Result<(), ArrivalError>,
    ) -> (usize, Option<ArrivalError>) {
        let mut planned = (0, None);
        let dropped = self.store.change(ChangeOrigin::Local, &self.store.now(), |plan| {
            let refused = make_room(plan).err();
            planned = (plan.transition.changes.len(), refused);
            Err::<(), _>(ArrivalError::Private)
        });
        assert_eq!(dropped, Err(ArrivalError::Private));
        planned
    }

    fn plan_own(&self, bytes: usize) -> (usize, Option<ArrivalError>) {
        self.plan(|plan| Ok(plan.make_own_room(|own| replacing(own, None, bytes))?))
    }

    fn plan_foreign(&self, bytes: usize) -> (usize, Option<ArrivalError>) {
        let attribution = Attribution { publisher: None, source: Source::UNKNOWN, distance: 0 };
        self.plan(|plan| plan.make_foreign_room(&attribution, bytes, None))
    }
}

#[test]
fn own_rows_get_no_room_of_foreign_ones_that_have_expired() -> Result<(), DatabaseError> {
    let here = Setting::new(Limits { max_records: 2, ..Limits::default() })?;
    for id in 0..300 {
        here.receive(&note(id))?;
    }
    here.notes.put_with_ttl(&note(1_000), Some(Duration::from_secs(1)))?;
    here.notes.put(&note(1_001))?;
    here.let_leases_end();

    assert_eq!(here.plan_own(100), (1, None), "the own one that has expired goes");
    here.notes.put(&note(1_002))?;
    let full = ArrivalError::OutOfRoom(OutOfRoom::Records { max_records: 2 });
    assert_eq!(here.plan_own(100), (0, Some(full)), "no foreign row is looked at");
    Ok(())
}

#[test]
fn an_own_tombstone_that_has_lapsed_frees_own_room_and_no_foreign_room() -> Result<(), DatabaseError>
{
    let limits = Limits { max_records: 1, max_foreign_records: 1, ..Limits::default() };
    let here = Setting::new(limits)?;
    here.notes.put(&note(1))?;
    here.notes.publish_record(&here.notes.record_key(&1)?)?;
    here.notes.remove(&1)?;
    here.receive(&note(2))?;
    // A tombstone's is longer: it outlives what it deletes.
    here.let_leases_end();
    here.let_leases_end();

    assert_eq!(here.rows(), 2);
    assert_eq!(here.plan_foreign(100), (1, None));
    assert_eq!(here.plan_own(100), (1, None));
    here.notes.put(&note(3))?;
    Ok(())
}

#[test]
fn a_plan_takes_out_a_bounded_number_of_own_rows_to_make_room() -> Result<(), DatabaseError> {
    let limits = Limits { max_bytes: 60_000, ..Limits::default() };
    let here = Setting::new(limits)?;
    for id in 0..600 {
        here.notes.put_with_ttl(&note(id), Some(Duration::from_secs(1)))?;
    }
    here.clock.advance(Duration::from_secs(2));

    let (planned, refused) = here.plan_own(60_000);
    assert_eq!(planned, MAX_EXPIRED + 1);
    assert!(
        matches!(refused, Some(ArrivalError::OutOfRoom(OutOfRoom::Bytes { .. }))),
        "{refused:?}"
    );
    assert_eq!(here.rows(), 600);
    // What a write finds expired before it is refused stays taken out: the next has more room.
    let mut refusals = 0;
    while let Err(refused) = here.notes.put(&large(1_000, 55_000)) {
        assert!(matches!(refused, WriteError::OutOfRoom(OutOfRoom::Bytes { .. })));
        refusals += 1;
        assert_eq!(here.rows(), 600 - refusals * (MAX_EXPIRED + 16));
    }
    assert_eq!(refusals, 1);
    Ok(())
}

#[test]
fn a_batch_takes_out_as_many_expired_rows_as_it_adds() -> Result<(), DatabaseError> {
    let here = Setting::new(Limits { max_records: 1_000, ..Limits::default() })?;
    for id in 0..1_000 {
        here.notes.put_with_ttl(&note(id), Some(Duration::from_secs(1)))?;
    }
    here.clock.advance(Duration::from_secs(2));

    here.notes.put_batch(&(1_000..2_000).map(note).collect::<Vec<_>>())?;
    assert_eq!((here.rows(), here.notes.len()), (1_000, 1_000));
    Ok(())
}

#[test]
fn a_store_over_its_budget_plans_nothing_and_is_relieved_in_steps_that_stay()
-> Result<(), Box<dyn Error>> {
    let here = Setting::new(Limits::default())?;
    for id in 0..600 {
        here.receive(&note(id))?;
    }
    let limits = Limits { max_foreign_records: 100, ..Limits::default() };
    here.store.set_limits(limits);
    let full = ArrivalError::ForeignFull { max_records: 100, max_bytes: 1 << 29 };

    assert_eq!(here.plan_foreign(100), (0, Some(full.clone())));
    for refusals in 1..=7 {
        assert_eq!(here.receive(&note(1_000)), Err(full.clone()));
        assert_eq!(here.rows(), 600 - 64 * refusals);
    }
    // Within the budget from here on: the farthest goes.
    let _ = here.receive(&note(1_000));
    assert_eq!(here.rows(), 100);
    Ok(())
}

#[test]
fn what_has_expired_relieves_a_store_over_its_budget_first() -> Result<(), Box<dyn Error>> {
    let here = Setting::new(Limits::default())?;
    for id in 0..600 {
        here.receive(&note(id))?;
    }
    here.let_leases_end();
    for id in 600..700 {
        here.receive(&note(id))?;
    }
    let limits = Limits { max_foreign_records: 500, ..Limits::default() };
    here.store.set_limits(limits);

    assert_eq!(here.plan_foreign(100).0, 0);
    assert_eq!(here.receive(&note(1_000)), Ok(PutOutcome::Stored));
    assert_eq!(here.rows(), 700 - MAX_EXPIRED + 1);
    Ok(())
}

#[test]
fn a_large_newcomer_is_given_the_room_of_many_expired_rows_in_steps() -> Result<(), Box<dyn Error>>
{
    let here = Setting::new(Limits { max_foreign_bytes: 60_000, ..Limits::default() })?;
    for id in 0..600 {
        here.receive(&note(id))?;
    }
    here.let_leases_end();

    assert_eq!(here.plan_foreign(50_000).0, MAX_EXPIRED);
    assert_eq!(here.receive(&large(1_000, 50_000)), Ok(PutOutcome::Stored));
    assert!(here.rows() < 601 - MAX_EXPIRED);
    Ok(())
}
