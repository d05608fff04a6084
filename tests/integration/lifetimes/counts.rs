//! Counts, and what else has no values to show: as if there had never been any that ended.

use std::error::Error;

use netabase::{ManualClock, MemoryStoreDatabase};

use super::{
    HOUR, MILLISECOND, Session, just_before, leased, session, sessions, sessions_at,
    views::{OF_EACH, Stock, lives_on, stock},
};
use crate::{
    clocks::{NOW_MS, store_at},
    schemas::{Profile, profile},
};

/// A name, how many classes of records it counts, and the count.
type Count = (&'static str, usize, fn(&Stock) -> Result<usize, Box<dyn Error>>);

const COUNTS: &[Count] = &[
    ("len", 3, |s| Ok(s.sessions.len())),
    ("len, with_held", 3, |s| Ok(s.sessions.with_held().len())),
    ("iter", 3, |s| Ok(s.sessions.iter().count())),
    ("range", 3, |s| Ok(s.sessions.range(..)?.count())),
    ("range, filtered", 3, |s| Ok(s.sessions.range(..)?.filter(|found| found.user == 7).count())),
    ("prefix", 1, |s| Ok(s.sessions.prefix("taken")?.count())),
    ("scan", 3, |s| Ok(s.sessions.scan().len())),
    ("with_held", 4, |s| Ok(s.sessions.with_held().iter().count())),
    ("index, get", 3, |s| Ok(s.sessions.index(Session::USER).get(7)?.count())),
    ("index, iter", 3, |s| Ok(s.sessions.index(Session::TOKEN).iter().count())),
    ("index, range", 3, |s| Ok(s.sessions.index(Session::USER).range(7..)?.count())),
    ("index, prefix", 1, |s| Ok(s.sessions.index(Session::TOKEN).prefix("token of mine")?.count())),
    ("record_count", 4, |s| Ok(s.sessions.store().record_count())),
    ("capacity, own", 2, |s| Ok(s.sessions.capacity_info().own.current_records)),
    ("capacity, foreign", 2, |s| Ok(s.sessions.capacity_info().foreign.current_records)),
    ("capacity, schema's own", 2, |s| Ok(s.sessions.capacity_info().schema.own.records)),
    ("capacity, schema's foreign", 2, |s| Ok(s.sessions.capacity_info().schema.foreign.records)),
    ("publisher_usage, own", 2, |s| {
        let store = s.sessions.store();
        Ok(store.publisher_usage(&store.peer_id()).records)
    }),
    ("publisher_usage, foreign", 2, |s| {
        Ok(s.sessions.store().publisher_usage(&s.author.store().peer_id()).records)
    }),
    ("publishers", 2, |s| {
        Ok(s.sessions.store().publishers().iter().map(|(_, usage)| usage.records).sum())
    }),
];

#[test]
fn nothing_counts_a_record_whose_time_is_over() -> Result<(), Box<dyn Error>> {
    for (name, classes, count) in COUNTS {
        let stock = stock(|_| true)?;
        stock.clock.advance(just_before(HOUR));
        assert_eq!(count(&stock)?, classes * OF_EACH, "{name}, before the time is over");
        stock.clock.advance(MILLISECOND);
        assert_eq!(count(&stock)?, classes * 4, "{name}, when it is");
    }
    Ok(())
}

#[test]
fn bytes_and_capacity_are_as_if_it_had_never_been_there() -> Result<(), Box<dyn Error>> {
    let (with, without) = (stock(|_| true)?, stock(lives_on)?);
    assert!(with.sessions.store().byte_count() > without.sessions.store().byte_count());
    with.clock.advance(HOUR);

    let (store, other) = (with.sessions.store(), without.sessions.store());
    assert_eq!(store.byte_count(), other.byte_count());
    assert_eq!(with.sessions.capacity_info(), without.sessions.capacity_info());
    let usages = [&with, &without]
        .map(|stock| stock.sessions.store().publisher_usage(&stock.author.store().peer_id()));
    assert_eq!(usages[0], usages[1]);
    Ok(())
}

#[test]
fn a_database_of_ended_values_is_empty() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    sessions.load((0..100).map(|number| session(&number.to_string())))?;
    assert!(!sessions.is_empty());
    clock.advance(HOUR);
    assert!(sessions.is_empty());
    assert_eq!(sessions.store().publishers(), []);
    Ok(())
}

#[test]
fn a_value_whose_time_is_over_is_in_no_conflict() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let author = sessions_at(&clock);
    let stolen = |id: &str| Session { token: session("a").token, ..session(id) };
    sessions.put_with_ttl(&session("a"), None)?;
    for (id, lease) in [("b", HOUR), ("c", 2 * HOUR)] {
        // Another author each: their own uniqueness is not what is looked at.
        sessions.put_record(&leased(author.to_record(&stolen(id))?, lease, &clock))?;
    }
    for left in [3, 2, 0] {
        let conflicts = sessions.index(Session::TOKEN).conflicts()?;
        let keys: Vec<_> = conflicts.into_iter().flat_map(|conflict| conflict.keys).collect();
        assert_eq!(keys.len(), left, "{keys:?}");
        clock.advance(HOUR);
    }
    Ok(())
}

#[test]
fn an_owner_whose_records_are_over_is_not_listed() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let profiles = store_at(&clock).database::<Profile>()?;
    let author: MemoryStoreDatabase<Profile> = store_at(&clock).database()?;
    profiles.put_record(&author.to_record(&profile("ada"))?)?;
    let theirs = profiles.of(author.store().peer_id());
    assert_eq!((profiles.owners(), theirs.len()), (vec![author.store().peer_id()], 1));

    clock.advance(profiles.store().max_lifetime());

    assert_eq!((profiles.owners(), theirs.len()), (vec![], 0));
    assert!(theirs.is_empty() && theirs.scan().next().is_none());
    Ok(())
}

/// Far more than one page looks at.
#[test]
fn a_walk_goes_on_behind_thousands_that_are_over() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    sessions.load((0..3_000).map(|number| session(&format!("b {number:04}"))))?;
    for id in ["a", "c"] {
        sessions.put_with_ttl(&session(id), None)?;
    }
    clock.advance(HOUR);
    assert_eq!(super::ids(sessions.iter())?, ["a", "c"]);
    assert_eq!(super::ids(sessions.iter().reversed())?, ["c", "a"]);
    assert_eq!(super::ids(sessions.range("b".to_owned()..)?)?, ["c"]);
    assert_eq!(super::ids(sessions.index(Session::USER).get(7)?)?, ["a", "c"]);
    assert_eq!(super::ids(sessions.index(Session::TOKEN).iter().reversed())?, ["c", "a"]);
    assert_eq!(sessions.store().raw_records().count(), 2);
    Ok(())
}
