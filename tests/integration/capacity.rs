//! What a store holds and may hold, and what keeps it in order.

mod maintenance;

mod marks;

use std::error::Error;

use libp2p::kad::store::RecordStore;
use netabase::{BudgetInfo, Limits, NetabaseStore, Usage};

use crate::{
    budgets::{Author, notes_within, own_records, source, weight},
    indexes::{Airport, airport},
    schemas::{User, note, user},
};

/// Records, their limit, bytes, their limit.
fn numbers(budget: BudgetInfo) -> [usize; 4] {
    let BudgetInfo { current_records, max_records, current_size_bytes, max_size_bytes, .. } =
        budget;
    [current_records, max_records, current_size_bytes, max_size_bytes]
}

fn assert_percent(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} % instead of {expected} %");
}

#[test]
fn an_empty_store_has_all_its_room_left() {
    let limits = Limits::default();
    let capacity = NetabaseStore::new().capacity_info();
    assert_eq!(numbers(capacity.own), [0, limits.max_records, 0, limits.max_bytes]);
    let foreign = [0, limits.max_foreign_records, 0, limits.max_foreign_bytes];
    assert_eq!(numbers(capacity.foreign), foreign);
    assert_eq!((capacity.current_records, capacity.current_size_bytes), (0, 0));
    assert_eq!(capacity.max_records, limits.max_records + limits.max_foreign_records);
    assert_eq!(capacity.max_size_bytes, limits.max_bytes + limits.max_foreign_bytes);
    for percentage in [
        capacity.utilization_percentage,
        capacity.own.utilization_percentage,
        capacity.foreign.utilization_percentage,
    ] {
        assert_percent(percentage, 0.0);
    }
}

#[test]
fn each_budget_counts_its_own_records_and_bytes() -> Result<(), Box<dyn Error>> {
    let limits = Limits {
        max_records: 4,
        max_bytes: 10_000,
        max_foreign_records: 100,
        max_foreign_bytes: 1_000,
        ..Limits::default()
    };
    let notes = notes_within(limits);
    for title in ["a", "b", "c"] {
        notes.put(&note(title, "text"))?;
    }
    let theirs = Author::new().record("theirs", &"x".repeat(500))?;
    notes.store().put_from(&theirs, source(1))?;

    let capacity = notes.store().capacity_info();

    let own = own_records(notes.store()).iter().map(|raw| weight(&raw.record)).sum();
    assert_eq!(numbers(capacity.own), [3, 4, own, 10_000]);
    assert_eq!(numbers(capacity.foreign), [1, 100, weight(&theirs), 1_000]);
    let all = (capacity.current_records, capacity.current_size_bytes);
    assert_eq!(all, (4, own + weight(&theirs)));
    assert_eq!((capacity.max_records, capacity.max_size_bytes), (104, 11_000));
    assert_percent(capacity.own.utilization_percentage, 75.0);
    let bytes = u32::try_from(weight(&theirs))?;
    assert_percent(capacity.foreign.utilization_percentage, f64::from(bytes) / 10.0);
    let bytes = u32::try_from(capacity.current_size_bytes)?;
    assert_percent(capacity.utilization_percentage, f64::from(bytes) / 110.0);

    notes.remove("a")?;
    assert_percent(notes.capacity_info().own.utilization_percentage, 50.0);
    Ok(())
}

#[test]
fn lowered_limits_show_as_more_than_all() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(Limits::default());
    for title in ["a", "b", "c"] {
        notes.put(&note(title, ""))?;
    }
    notes.store().set_limits(Limits { max_records: 2, ..Limits::default() });
    assert_percent(notes.capacity_info().own.utilization_percentage, 150.0);
    Ok(())
}

#[test]
fn a_databases_capacity_tells_what_its_schema_takes() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(Limits::default());
    let mut store = notes.store().clone();
    let users = store.database::<User>()?;
    users.load((0..10).map(user))?;
    notes.put(&note("mine", ""))?;
    let author = Author::new();
    let (held, taken) = (author.record("held", "text")?, author.record("taken", "")?);
    store.put(held.clone())?;
    notes.put_record(&taken)?;

    let of_notes = notes.capacity_info();
    let of_users = users.capacity_info();
    let of_all = store.capacity_info();

    let bytes = |schema: &[u8]| -> usize {
        let own = own_records(&store).into_iter().map(|raw| raw.record);
        own.filter(|record| record.key.as_ref().starts_with(schema))
            .map(|record| weight(&record))
            .sum()
    };
    let own = Usage { records: 1, bytes: bytes(b"/netabase/note/") };
    let foreign = Usage { records: 2, bytes: weight(&held) + weight(&taken) };
    assert_eq!((of_notes.schema.own, of_notes.schema.foreign), (own, foreign));
    let of_ten = Usage { records: 10, bytes: bytes(b"/netabase/user/") };
    assert_eq!((of_users.schema.own, of_users.schema.foreign), (of_ten, Usage::default()));
    let all = Usage { records: 11, bytes: own.bytes + of_ten.bytes };
    assert_eq!((of_all.schema.own, of_all.schema.foreign), (all, foreign));
    assert_eq!((of_notes.own, of_notes.foreign), (of_all.own, of_all.foreign), "of the store");
    assert_eq!((of_users.own, of_users.foreign), (of_all.own, of_all.foreign));
    Ok(())
}

#[test]
fn index_entries_take_room_and_give_it_back() -> Result<(), Box<dyn Error>> {
    let store = NetabaseStore::new();
    let airports = store.database::<Airport>()?;
    let mut keflavik = airport("BIKF", "IS", "Reykjavik", 171);
    airports.put(&keflavik)?;
    let bytes = || store.capacity_info().own.current_size_bytes;
    let record = airports.get_record("BIKF")?.ok_or("it is there")?;
    let untagged = bytes();
    assert!(untagged > weight(&record), "by elevation and by place");

    keflavik.tags = vec!["hub".into(), "old".into()];
    airports.put(&keflavik)?;
    let longer =
        airports.get_record("BIKF")?.ok_or("it is there")?.value.len() - record.value.len();
    assert!(bytes() > untagged + longer, "two entries more");

    keflavik.tags.clear();
    airports.put(&keflavik)?;
    assert_eq!(bytes(), untagged);
    airports.remove("BIKF")?;
    assert_eq!((bytes(), store.byte_count()), (0, 0));
    Ok(())
}
