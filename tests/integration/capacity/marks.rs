//! Whoever watches a mark is told when a budget crosses it.

use std::{error::Error, time::Duration};

use futures::FutureExt;
use netabase::{Budget, Limits, ManualClock, Utilization, UtilizationWatch};

use super::assert_percent;
use crate::{
    budgets::{Author, notes_within, store_within},
    clocks::NOW_MS,
    schemas::{User, note, user},
};

/// The crossing that is there already.
fn crossed(watch: &mut UtilizationWatch) -> Option<Utilization> {
    watch.crossed().now_or_never().flatten()
}

fn assert_crossed(watch: &mut UtilizationWatch, is_above: bool, percentage: f64) {
    let now = crossed(watch);
    assert_eq!(now.map(|now| now.is_above), Some(is_above), "{now:?}");
    assert_percent(now.map_or(-1.0, |now| now.percentage), percentage);
    assert_eq!(Some(watch.last()), now);
    assert_eq!(crossed(watch), None, "once");
}

fn ten_records() -> Limits {
    Limits { max_records: 10, max_foreign_records: 10, ..Limits::default() }
}

#[test]
fn a_mark_is_crossed_once_upwards_and_once_downwards() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(ten_records());
    let mut watch = notes.store().watch_utilization(Budget::Own, 80.0);
    assert_percent(watch.last().percentage, 0.0);
    assert!(!watch.last().is_above);
    for number in 0..10 {
        notes.put(&note(&number.to_string(), ""))?;
        if number == 7 {
            assert_crossed(&mut watch, true, 80.0);
        }
        assert_eq!(crossed(&mut watch), None, "after {number}");
    }
    for number in 0..10 {
        notes.remove(&number.to_string())?;
        if number == 2 {
            assert_crossed(&mut watch, false, 70.0);
        }
        assert_eq!(crossed(&mut watch), None, "after {number} went");
    }
    Ok(())
}

#[test]
fn a_watch_begins_on_the_side_where_the_budget_is() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(ten_records());
    for number in 0..8 {
        notes.put(&note(&number.to_string(), ""))?;
    }
    let mut watch = notes.store().watch_utilization(Budget::Own, 80.0);
    assert!(watch.last().is_above);
    assert_percent(watch.last().percentage, 80.0);
    notes.put(&note("8", ""))?;
    assert_eq!(crossed(&mut watch), None, "it was above");
    notes.remove_batch(["7", "8"])?;
    assert_crossed(&mut watch, false, 70.0);
    Ok(())
}

#[test]
fn one_commit_is_one_step() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(ten_records());
    let mut watch = notes.store().watch_utilization(Budget::Own, 50.0);
    let store = notes.store().clone();
    store.transaction(|tx| {
        (0..6).try_for_each(|number| tx.put(&notes, &note(&number.to_string(), "")))?;
        (0..2).try_for_each(|number| tx.remove(&notes, &number.to_string()).map(drop))
    })?;
    assert_eq!(crossed(&mut watch), None, "never were there more than four");
    notes.put_batch(&[note("a", ""), note("b", ""), note("c", "")])?;
    assert_crossed(&mut watch, true, 70.0);
    Ok(())
}

#[test]
fn crossings_that_nobody_waited_for_are_one() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(ten_records());
    let mut watch = notes.store().watch_utilization(Budget::Own, 10.0);
    for _ in 0..5 {
        notes.put(&note("a", ""))?;
        notes.remove("a")?;
    }
    assert_crossed(&mut watch, false, 0.0);
    Ok(())
}

#[test]
fn bytes_limits_and_expiry_cross_marks_too() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_bytes: 1_000, ..Limits::default() };
    let store = store_within(limits, &clock);
    let users = store.database::<User>()?;
    let mut watch = store.watch_utilization(Budget::Own, 50.0);
    let hour = Duration::from_secs(60 * 60);
    users.put_with_ttl(&User { id: 1, name: "x".repeat(600) }, Some(hour))?;
    assert!(crossed(&mut watch).is_some_and(|now| now.is_above));

    store.set_limits(Limits { max_bytes: 10_000, ..Limits::default() });
    assert!(crossed(&mut watch).is_some_and(|now| !now.is_above));
    store.set_limits(Limits { max_bytes: 100, ..Limits::default() });
    assert!(crossed(&mut watch).is_some_and(|now| now.is_above && now.percentage > 100.0));

    clock.advance(hour);
    assert_eq!(crossed(&mut watch), None, "it is still there");
    store.maintain_store();
    assert_crossed(&mut watch, false, 0.0);
    Ok(())
}

#[test]
fn budgets_and_marks_are_watched_apart() -> Result<(), Box<dyn Error>> {
    let notes = notes_within(ten_records());
    let store = notes.store();
    let mut own = store.watch_utilization(Budget::Own, 30.0);
    let mut low = store.watch_utilization(Budget::Foreign, 30.0);
    let mut high = store.watch_utilization(Budget::Foreign, 60.0);
    let author = Author::new();
    for number in 0..5 {
        notes.put_record(&author.record(&number.to_string(), "")?)?;
    }
    assert!(crossed(&mut low).is_some_and(|now| now.is_above));
    assert_eq!((crossed(&mut own), crossed(&mut high)), (None, None));

    // What the application writes is no longer foreign.
    notes.put_batch(&(0..4).map(|number| note(&number.to_string(), "")).collect::<Vec<_>>())?;
    assert_crossed(&mut own, true, 40.0);
    assert_crossed(&mut low, false, 10.0);

    drop(low);
    store.set_limits(Limits { max_foreign_records: 1, ..Limits::default() });
    assert_crossed(&mut high, true, 100.0);
    Ok(())
}

#[tokio::test]
async fn a_waiting_watch_is_woken_and_ends_with_its_store() -> Result<(), Box<dyn Error>> {
    let store = store_within(ten_records(), &ManualClock::at_unix_ms(NOW_MS));
    let users = store.database::<User>()?;
    let mut watch = store.watch_utilization(Budget::Own, 80.0);
    // Cancel-safe: what was not waited for to the end loses nothing.
    assert_eq!(crossed(&mut watch), None);
    let waiting = tokio::spawn(async move { (watch.crossed().await, watch.crossed().await) });
    tokio::task::yield_now().await;
    users.load((0..9).map(user))?;
    tokio::task::yield_now().await;
    drop((store, users));
    let (above, gone) = waiting.await?;
    assert!(above.is_some_and(|now| now.is_above), "{above:?}");
    assert_eq!(gone, None);
    Ok(())
}
