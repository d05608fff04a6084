//! Whether there is a next page, without reading one more row for it.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use netabase::{
    Cursor, DatabaseError, Entries, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, QueryError,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    age: u8,
}

fn users(count: u64) -> Result<MemoryStoreDatabase<User>, Box<dyn Error>> {
    let users = NetabaseStore::new().database()?;
    users.load((0..count).map(|id| User { id, age: u8::try_from(id % 3).unwrap_or(0) }))?;
    Ok(users)
}

fn ids(entries: &mut Entries<User>) -> Result<Vec<u64>, DatabaseError> {
    entries.map(|user| Ok(user?.id)).collect()
}

/// Pages through a walk by what `has_more` says, and gives the pages.
fn pages(
    walk: impl Fn() -> Result<Entries<User>, QueryError>,
    limit: usize,
) -> Result<Vec<Vec<u64>>, DatabaseError> {
    let (mut pages, mut after): (Vec<_>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let mut page = walk()?.limit(limit);
        if let Some(cursor) = &after {
            page = page.after(cursor)?;
        }
        pages.push(ids(&mut page)?);
        if !page.has_more() {
            return Ok(pages);
        }
        after = page.cursor();
    }
}

#[test]
fn the_last_page_knows_that_it_is_the_last() -> Result<(), Box<dyn Error>> {
    let users = users(7)?;
    assert_eq!(pages(|| Ok(users.iter()), 3)?, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
    assert_eq!(pages(|| users.range(..6), 3)?, [[0, 1, 2], [3, 4, 5]]);
    assert_eq!(pages(|| Ok(users.iter().reversed()), 4)?, [vec![6, 5, 4, 3], vec![2, 1, 0]]);
    assert_eq!(pages(|| users.index(User::AGE).get(0), 2)?, [vec![0, 3], vec![6]]);
    assert_eq!(pages(|| Ok(users.iter().filter(|user| user.id < 4)), 2)?, [[0, 1], [2, 3]]);
    assert_eq!(pages(|| users.range(50..), 3)?, [[0; 0]]);
    Ok(())
}

#[test]
fn asking_takes_nothing() -> Result<(), Box<dyn Error>> {
    let users = users(5)?;
    let mut walk = users.iter().limit(2);
    assert!(walk.has_more() && walk.has_more());
    assert_eq!(walk.cursor(), None, "nothing was taken");
    assert_eq!(walk.next().transpose()?.map(|user| user.id), Some(0));
    let cursor = walk.cursor();
    assert!(walk.has_more());
    assert_eq!(walk.cursor(), cursor);
    assert_eq!(ids(&mut walk)?, [1]);
    assert!(walk.has_more(), "beyond the limit");
    assert_eq!(walk.next(), None, "which it keeps to");

    let mut keys = users.range(3..)?.limit(1).keys();
    assert_eq!(keys.by_ref().collect::<Result<Vec<_>, _>>()?, [UserKey(3)]);
    assert!(keys.has_more());
    let cursor = keys.cursor().ok_or("a key was taken")?;
    let mut rest = users.iter().after(&cursor)?.keys();
    assert_eq!(rest.by_ref().collect::<Result<Vec<_>, _>>()?, [UserKey(4)]);
    assert!(!rest.has_more());
    Ok(())
}

#[test]
fn removed_and_hidden_rows_are_no_next_page() -> Result<(), Box<dyn Error>> {
    let users = users(100)?;
    let mut page = users.iter().limit(10);
    assert_eq!(ids(&mut page)?.len(), 10);
    users.remove_batch((10..100).collect::<Vec<_>>().iter())?;
    assert!(!page.has_more());
    Ok(())
}

#[test]
fn a_filter_sees_each_row_once() -> Result<(), Box<dyn Error>> {
    let users = users(1000)?;
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let mut walk = users.iter().limit(2).filter(move |user| {
        counter.fetch_add(1, Ordering::Relaxed);
        user.id % 300 == 299
    });
    assert!(walk.has_more() && walk.has_more());
    assert_eq!(seen.load(Ordering::Relaxed), 300);
    assert_eq!(ids(&mut walk)?, [299, 599]);
    assert_eq!(seen.load(Ordering::Relaxed), 600);
    assert!(walk.has_more());
    assert_eq!((seen.load(Ordering::Relaxed), walk.explain().looked_at()), (900, 900));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pages_by_has_more_are_all_of_a_walk(count in 0..600_u64, limit in 1..300_usize, skip in 1..5_u64) {
        let users = users(count).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let walk = || users.iter().filter(move |user| user.id % skip == 0);
        let paged = pages(|| Ok(walk()), limit)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let whole = ids(&mut walk()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let full = whole.len().div_ceil(limit).max(1);
        prop_assert_eq!(paged.len(), full, "no page but the only one is empty");
        prop_assert_eq!(paged.concat(), whole);
    }
}

#[test]
fn options_count_that_are_set_after_a_look_ahead() -> Result<(), Box<dyn Error>> {
    let users = users(10)?;
    let looked_at = || {
        let mut walk = users.iter();
        assert!(walk.has_more());
        walk
    };
    let mut taken = users.iter();
    taken.by_ref().take(7).count();
    let cursor = taken.cursor().ok_or("a row was taken")?;

    assert_eq!(ids(&mut looked_at().filter(|user| user.id > 8))?, [9]);
    assert_eq!(ids(&mut looked_at().reversed().limit(2))?, [9, 8]);
    assert_eq!(ids(&mut looked_at().after(&cursor)?)?, [7, 8, 9]);
    Ok(())
}

#[test]
fn a_look_ahead_over_several_pages_is_forgotten_too() -> Result<(), Box<dyn Error>> {
    let users = users(1000)?;
    let looked_at = || {
        let mut walk = users.iter().filter(|user| user.id >= 700);
        assert!(walk.has_more());
        walk
    };

    assert_eq!(ids(&mut looked_at().reversed().limit(2))?, [999, 998]);
    assert_eq!(ids(&mut looked_at().filter(|user| user.id < 2))?, [0, 1]);
    Ok(())
}

#[test]
fn a_walk_that_asks_for_nothing_has_no_more() -> Result<(), Box<dyn Error>> {
    assert!(!users(10)?.iter().limit(0).has_more());
    Ok(())
}
