//! Walks in the order of the keys: ranges, prefixes, limits, cursors, scans.

use std::error::Error;

use libp2p::kad::store::RecordStore;
use netabase::{
    Cursor, DatabaseError, Entries, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, QueryError,
};
use serde::{Deserialize, Serialize};

use crate::schemas::{Note, User, fresh, note, user};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(country, city))]
struct Place {
    country: String,
    city: String,
    people: u32,
}

fn users(count: u64) -> MemoryStoreDatabase<User> {
    let users = fresh::<User>();
    users.load((0..count).map(user)).expect("there is room");
    users
}

fn ids(entries: Entries<User>) -> Result<Vec<u64>, DatabaseError> {
    entries.map(|user| Ok(user?.id)).collect()
}

#[test]
fn ranges_keep_every_kind_of_bound() -> Result<(), DatabaseError> {
    let users = users(10);
    assert_eq!(ids(users.iter())?, (0..10).collect::<Vec<_>>());
    assert_eq!(ids(users.range(2..5)?)?, [2, 3, 4]);
    assert_eq!(ids(users.range(2..=5)?)?, [2, 3, 4, 5]);
    assert_eq!(ids(users.range(7..)?)?, [7, 8, 9]);
    assert_eq!(ids(users.range(..2)?)?, [0, 1]);
    assert_eq!(ids(users.range(..)?)?.len(), 10);
    assert_eq!(ids(users.range(2..5)?.reversed())?, [4, 3, 2]);
    assert_eq!(ids(users.iter().reversed().limit(2))?, [9, 8]);
    Ok(())
}

#[test]
#[allow(clippy::reversed_empty_ranges, reason = "that is what is tested")]
fn empty_and_crossed_ranges_are_empty() -> Result<(), DatabaseError> {
    let users = users(10);
    for reversed in [false, true] {
        for range in
            [users.range(5..2)?, users.range(5..5)?, users.range(5..=4)?, users.range(50..)?]
        {
            let range = if reversed { range.reversed() } else { range };
            assert!(ids(range)?.is_empty());
        }
    }
    assert!(ids(users.iter().limit(0))?.is_empty());
    Ok(())
}

#[test]
fn signed_and_text_keys_walk_in_their_own_order() -> Result<(), DatabaseError> {
    let notes = fresh::<Note>();
    for title in ["b", "a\0", "a", "", "a\u{1}", "ab", "á"] {
        notes.put(&note(title, ""))?;
    }
    let titles: Vec<_> =
        notes.iter().map(|note| note.map(|note| note.title)).collect::<Result<_, _>>()?;
    assert_eq!(titles, ["", "a", "a\0", "a\u{1}", "ab", "b", "á"]);

    let with_a = notes
        .prefix("a")?
        .map(|note| note.map(|note| note.title))
        .collect::<Result<Vec<_>, _>>()?;
    assert_eq!(with_a, ["a", "a\0", "a\u{1}", "ab"]);
    assert_eq!(notes.prefix("")?.count(), 7);
    Ok(())
}

#[test]
fn a_composite_key_has_its_leading_parts_as_prefix() -> Result<(), DatabaseError> {
    let places = NetabaseStore::new().database::<Place>()?;
    let all = [("I", "S"), ("IS", "Akureyri"), ("IS", "Reykjavik"), ("ISS", ""), ("IT", "Roma")];
    for (country, city) in all {
        places.put(&Place { country: country.into(), city: city.into(), people: 0 })?;
    }
    let cities: Vec<_> = places
        .prefix(&("IS",))?
        .map(|place| place.map(|place| place.city))
        .collect::<Result<_, _>>()?;
    assert_eq!(cities, ["Akureyri", "Reykjavik"]);
    assert!(places.contains(&("IT", "Roma"))?);
    let from: Vec<_> = places
        .range(("IS", "B")..("IT", "A"))?
        .map(|place| place.map(|place| place.city))
        .collect::<Result<_, _>>()?;
    assert_eq!(from, ["Reykjavik", ""]);
    Ok(())
}

#[test]
fn pages_meet_every_record_that_stays_exactly_once() -> Result<(), DatabaseError> {
    for reversed in [false, true] {
        let users = users(1000);
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let mut page = users.range(100..900)?.limit(7);
            if reversed {
                page = page.reversed();
            }
            if let Some(cursor) = &cursor {
                page = page.after(cursor)?;
            }
            let before = seen.len();
            for user in &mut page {
                seen.push(user?.id);
            }
            if seen.len() == before {
                assert_eq!(page.cursor(), cursor, "the end can be resumed from, too");
                break;
            }
            cursor = page.cursor();
            // The record under the cursor goes, and others come and go behind it.
            users.remove(&seen[seen.len() - 1])?;
            users.put(&user(seen[0]))?;
        }
        let mut expected: Vec<u64> = (100..900).collect();
        if reversed {
            expected.reverse();
        }
        assert_eq!(seen, expected);
    }
    Ok(())
}

#[test]
fn a_cursor_stays_at_the_last_value_however_many_hidden_records_follow()
-> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    notes.put(&note("1", ""))?;
    let author = NetabaseStore::new().database::<Note>()?;
    for n in 1000..3000 {
        RecordStore::put(&mut store, author.to_record(&note(&format!("2 {n}"), ""))?)?;
    }
    let mut walk = notes.iter();
    assert_eq!(walk.cursor(), None);
    assert_eq!(Iterator::count(walk.by_ref()), 1);
    let cursor = walk.cursor().ok_or("one was taken")?;

    notes.put(&note("2", "between"))?;
    notes.put(&note("3", "behind"))?;

    let rest: Vec<_> = notes
        .iter()
        .after(&cursor)?
        .map(|note| note.map(|note| note.title))
        .collect::<Result<_, _>>()?;
    assert_eq!(rest, ["2", "3"]);
    Ok(())
}

#[test]
fn a_cursor_goes_through_text_and_hostile_text_leads_nowhere() -> Result<(), Box<dyn Error>> {
    let users = users(10);
    let mut walk = users.iter().limit(3);
    for user in walk.by_ref() {
        user?;
    }
    let text = walk.cursor().ok_or("three were taken")?.to_string();
    let cursor: Cursor = text.parse()?;
    assert_eq!(ids(users.iter().after(&cursor)?)?, [3, 4, 5, 6, 7, 8, 9]);

    for hostile in ["", "A", "!!", "AAAA", "AXVzZXIA", "AXVzZXIAAA", &text[1..]] {
        if let Ok(cursor) = hostile.parse::<Cursor>() {
            let refused = users.iter().after(&cursor).map(drop);
            assert_eq!(refused, Err(QueryError::ForeignCursor { schema: "user" }), "{hostile}");
        }
    }
    Ok(())
}

#[test]
fn reversed_pages_of_an_inclusive_range_go_on() -> Result<(), DatabaseError> {
    let users = users(10);
    let mut seen = Vec::new();
    let mut cursor = None;
    while seen.len() < 10 {
        let mut page = users.range(2..=5)?.reversed().limit(1);
        if let Some(cursor) = &cursor {
            page = page.after(cursor)?;
        }
        let Some(user) = page.next().transpose()? else { break };
        seen.push(user.id);
        cursor = page.cursor();
    }
    assert_eq!(seen, [5, 4, 3, 2]);

    // A value that fills a page alone.
    users.put(&User { id: 1, name: "x".repeat((1 << 20) - 20) })?;
    assert_eq!(ids(users.range(..=1)?.reversed())?, [1, 0]);
    let mut limited = users.iter();
    limited.next().transpose()?;
    assert_eq!(limited.limit(0).size_hint(), (0, Some(0)));
    Ok(())
}

#[test]
fn a_cursor_before_the_range_starts_at_its_beginning() -> Result<(), DatabaseError> {
    let users = users(10);
    let mut first = users.iter();
    first.next().transpose()?;
    let cursor = first.cursor().expect("one value was taken");
    assert_eq!(ids(users.range(5..7)?.after(&cursor)?)?, [5, 6]);
    assert!(ids(users.range(5..7)?.after(&cursor)?.reversed())?.is_empty());
    Ok(())
}

#[test]
fn a_cursor_of_another_schema_is_refused() -> Result<(), DatabaseError> {
    let users = users(1);
    let mut walk = users.iter();
    walk.next().transpose()?;
    let cursor = walk.cursor().expect("one value was taken");
    let refused = fresh::<Note>().iter().after(&cursor).map(drop);
    assert_eq!(refused, Err(QueryError::ForeignCursor { schema: "note" }));
    Ok(())
}

#[test]
fn a_walk_meets_what_is_written_ahead_of_it() -> Result<(), DatabaseError> {
    let users = users(1000);
    let mut walk = users.iter();
    walk.next().transpose()?;
    users.put(&user(5000))?;
    users.remove(&900)?;
    let rest = ids(walk)?;
    assert_eq!(rest.len(), 999);
    assert!(rest.contains(&5000) && !rest.contains(&900));
    Ok(())
}

#[test]
fn a_scan_is_a_snapshot_of_all_values() -> Result<(), DatabaseError> {
    let users = users(1000);
    let scan = users.scan();
    users.clear()?;
    assert_eq!(scan.len(), 1000);
    let mut seen = scan.map(|user| Ok(user?.id)).collect::<Result<Vec<_>, DatabaseError>>()?;
    seen.sort_unstable();
    assert_eq!(seen, (0..1000).collect::<Vec<_>>());
    Ok(())
}
