//! Walks cost what they show, whatever strangers and the past have left.

use std::{ops::Bound, time::Duration};

use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    NetabaseSchema,
    database::DatabaseError,
    store::{Direction, ManualClock, NetabaseStore, Source, end_of_prefix, engine::BATCH},
};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", crate = "crate")]
struct Note {
    #[netabase(key)]
    id: u32,
}

const PREFIX: &[u8] = b"/netabase/note/w";

/// Reads all pages of a view; says how many rows were shown, and how many looked at.
fn pages(store: &NetabaseStore, view: View, direction: Direction) -> (usize, usize) {
    let (mut shown, mut visited) = (0, 0);
    let end = end_of_prefix(PREFIX);
    let (mut lower, mut upper) = (Bound::Included(PREFIX.to_vec()), end);
    let mut page = Page::default();
    loop {
        let request = PageRequest {
            bounds: (lower.as_ref().map(Vec::as_slice), upper.as_ref().map(Vec::as_slice)),
            source: PageSource::Keys,
            direction,
            max_rows: 100,
            view,
            values: true,
        };
        store.fill_page(&request, &mut page);
        shown += page.len();
        visited += page.visited();
        if page.is_complete() {
            return (shown, visited);
        }
        let last = Bound::Excluded(page.last_visited().to_vec());
        match direction {
            Direction::Forward => lower = last,
            Direction::Reverse => upper = last,
        }
    }
}

#[test]
fn a_walk_looks_at_what_it_shows_and_at_nothing_else() -> Result<(), DatabaseError> {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let store = NetabaseStore::builder().clock(clock.clone()).build()?;
    let notes = store.database::<Note>()?;
    let theirs = NetabaseStore::builder().clock(clock).build()?.database::<Note>()?;
    // Strangers' before and behind, own tombstones between, and a few that are shown.
    for id in (0..500).chain(2_000..2_500) {
        store.put_from(&theirs.to_record(&Note { id })?, Source::UNKNOWN)?;
    }
    for id in 1_000..1_500 {
        notes.put(&Note { id })?;
        notes.publish_record(&notes.record_key(&id)?)?;
        notes.remove(&id)?;
    }
    for id in 1_500..1_505 {
        notes.put(&Note { id })?;
        notes.put_record(&theirs.to_record(&Note { id: id + 100 })?)?;
    }

    for direction in [Direction::Forward, Direction::Reverse] {
        assert_eq!(pages(&store, View::Databases, direction), (10, 10));
        assert_eq!(pages(&store, View::Own, direction), (5, 5));
        assert_eq!(pages(&store, View::OwnEverything, direction), (505, 505));
        assert_eq!(pages(&store, View::Held, direction).0, 1_010);
        assert_eq!(pages(&store, View::Everything, direction), (1_510, 1_510));
    }
    assert_eq!((notes.len(), notes.iter().count()), (10, 10));
    Ok(())
}

#[test]
fn expired_rows_are_stepped_over_once() -> Result<(), DatabaseError> {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let store = NetabaseStore::builder().clock(clock.clone()).build()?;
    let notes = store.database::<Note>()?;
    for id in 0..3_000 {
        notes.put_with_ttl(&Note { id }, Some(Duration::from_secs(1)))?;
    }
    notes.put(&Note { id: 5_000 })?;
    clock.advance(Duration::from_secs(2));

    assert_eq!(pages(&store, View::Databases, Direction::Forward), (1, 3_001));
    assert_eq!(pages(&store, View::Databases, Direction::Forward).0, 1);
    assert!(pages(&store, View::Databases, Direction::Forward).1 <= 64);
    Ok(())
}

#[test]
fn a_count_leaves_what_strangers_left() -> Result<(), DatabaseError> {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let store = NetabaseStore::builder().clock(clock.clone()).build()?;
    let notes = store.database::<Note>()?;
    let theirs = NetabaseStore::builder().clock(clock.clone()).build()?.database::<Note>()?;
    for id in 0..300 {
        store.put_from(&theirs.to_record(&Note { id })?, Source::UNKNOWN)?;
    }
    notes.put(&Note { id: 5_000 })?;
    clock.advance(store.max_lifetime() + Duration::from_secs(2));

    assert_eq!(notes.len(), 1);
    let all = store.shared.inner.read().engine.len();
    assert_eq!(all, 301, "they are nobody's concern who counts what databases show");
    assert_eq!(store.record_count(), 1);
    Ok(())
}

#[test]
fn a_page_takes_no_more_rows_than_it_has_room_for_and_one_to_see_whether_there_are_more()
-> Result<(), DatabaseError> {
    let store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    for id in 0..100 {
        notes.put(&Note { id })?;
    }
    let end = end_of_prefix(PREFIX);
    // More than are looked up at a time, so that what there is room for is counted again.
    let max_rows = BATCH + 3;
    let request = PageRequest {
        bounds: (Bound::Included(PREFIX), end.as_ref().map(Vec::as_slice)),
        source: PageSource::Keys,
        direction: Direction::Forward,
        max_rows,
        view: View::Databases,
        values: false,
    };
    let (mut page, mut taken) = (Page::default(), 0);
    let inner = store.shared.inner.read();
    let keys = inner.engine.keys(request.bounds, request.direction, request.view.selection());
    let counted = keys.inspect(|_| taken += 1).map(|key| (None, key));

    page.fill(counted, &inner.engine, &request, &store.now());

    assert_eq!((page.len(), page.visited(), taken), (max_rows, max_rows, max_rows + 1));
    assert!(!page.is_complete(), "there are more");
    Ok(())
}

#[test]
fn a_scan_goes_by_the_order_of_keys_if_it_is_after_less_than_a_quarter() {
    for (wanted, all, is_small) in
        [(24, 100, true), (25, 100, false), (26, 100, false), (0, 4, true), (0, 3, false)]
    {
        assert_eq!(walk::is_small_part(wanted, all), is_small, "{wanted} of {all}");
    }
}
