//! Maintenance takes out what is over, in bounded steps, on call or on a task.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use libp2p::{
    PeerId,
    kad::{ProviderRecord, store::RecordStore},
};
use netabase::{
    Budget, ChangeOrigin, Clock, Limits, ManualClock, MemoryStoreDatabase, NetabaseStore,
    StoreMaintenanceResult,
};
use tokio::{
    runtime::Handle,
    task::yield_now,
    time::{self, advance, timeout},
};

use crate::{
    budgets::{Author, source, store_within, weight},
    clocks::{NOW_MS, store_at},
    schemas::{Note, User, user},
    watch::ready,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const INTERVAL: Duration = Duration::from_secs(60);

/// What it did, but for how long that took.
fn numbers(done: StoreMaintenanceResult) -> [usize; 5] {
    [
        done.records_removed,
        done.bytes_freed,
        done.expired_records_cleaned,
        done.evicted,
        done.expired_providers_cleaned,
    ]
}

/// Users that have all expired.
fn expired_users(count: u64) -> Result<(NetabaseStore, MemoryStoreDatabase<User>), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_at(&clock);
    let users = store.database::<User>()?;
    for id in 0..count {
        users.put_with_ttl(&user(id), Some(HOUR))?;
    }
    clock.advance(HOUR);
    Ok((store, users))
}

/// Sends so many notes of others.
fn take_in(store: &NetabaseStore, author: &Author, count: u32) -> Result<(), Box<dyn Error>> {
    for number in 0..count {
        store.put_from(&author.record(&format!("{number:05}"), "")?, source(number))?;
    }
    Ok(())
}

#[test]
fn there_may_be_nothing_to_do() -> Result<(), Box<dyn Error>> {
    let store = NetabaseStore::new();
    let users = store.database::<User>()?;
    for _ in 0..2 {
        let done = store.maintain_store();
        assert_eq!((numbers(done), done.is_complete), ([0; 5], true));
        users.put_with_ttl(&user(1), Some(HOUR))?;
    }
    assert_eq!(users.maintain_store().records_removed, 0);
    assert_eq!(users.len(), 1);
    Ok(())
}

#[test]
fn the_result_says_what_was_done() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_foreign_records: 10, ..Limits::default() };
    let mut store = store_within(limits, &clock);
    let (users, notes) = (store.database::<User>()?, store.database::<Note>()?);
    for id in 0..3 {
        users.put_with_ttl(&user(id), Some(HOUR))?;
    }
    users.put(&user(9))?;
    take_in(&store, &Author::at(&clock), 10)?;
    for _ in 0..4 {
        let expires = Some(clock.now().monotonic + HOUR);
        let provider = ProviderRecord::new(notes.provider_key(), PeerId::random(), Vec::new());
        store.add_provider(ProviderRecord { expires, ..provider })?;
    }
    clock.advance(HOUR);
    store.set_limits(Limits { max_foreign_records: 8, ..Limits::default() });
    let left = weight(&users.get_record(&9)?.ok_or("it is there")?);
    let of_one = weight(&store.raw_records().next().ok_or("a note is there")?.record);

    let started = Instant::now();
    let done = store.maintain_store();

    assert!(done.maintenance_duration <= started.elapsed());
    let bytes_freed = 3 * left + 2 * of_one;
    assert_eq!((numbers(done), done.is_complete), ([5, bytes_freed, 3, 2, 4], true));
    assert_eq!(store.byte_count(), left + 8 * of_one);
    assert!(store.providers(&notes.provider_key()).is_empty());
    Ok(())
}

#[test]
fn a_call_takes_out_1024_records_at_most() -> Result<(), Box<dyn Error>> {
    let (store, users) = expired_users(2_500)?;
    let mut removed = Vec::new();
    for expected in [false, false, true, true] {
        let done = users.maintain_store();
        assert_eq!(done.is_complete, expected, "after {removed:?}");
        assert_eq!(done.records_removed, done.expired_records_cleaned);
        removed.push(done.records_removed);
    }
    assert_eq!(removed, [1_024, 1_024, 452, 0]);
    assert_eq!(store.raw_records().count(), 0);
    Ok(())
}

#[test]
fn expired_and_evicted_ones_are_1024_at_most_together() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_at(&clock);
    let (users, _notes) = (store.database::<User>()?, store.database::<Note>()?);
    for id in 0..1_000 {
        users.put_with_ttl(&user(id), Some(HOUR))?;
    }
    take_in(&store, &Author::at(&clock), 1_500)?;
    clock.advance(HOUR);
    store.set_limits(Limits { max_foreign_records: 100, ..Limits::default() });

    let done = [(); 3].map(|()| store.maintain_store());

    let parts = done.map(|done| (done.expired_records_cleaned, done.evicted, done.is_complete));
    assert_eq!(parts, [(1_000, 24, false), (0, 1_024, false), (0, 352, true)]);
    Ok(())
}

#[test]
fn maintenance_is_complete_when_all_expired_providers_are_gone() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_providers_per_key: 500, ..Limits::default() };
    let mut store = store_within(limits, &clock);
    let key = store.database::<Note>()?.provider_key();
    let expires = Some(clock.now().monotonic + HOUR);
    for _ in 0..300 {
        let provider = ProviderRecord::new(key.clone(), PeerId::random(), Vec::new());
        store.add_provider(ProviderRecord { expires, ..provider })?;
    }
    clock.advance(HOUR);

    let done = store.maintain_store();

    assert_eq!((done.expired_providers_cleaned, done.is_complete), (300, true));
    assert_eq!(store.maintain_store().expired_providers_cleaned, 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_takes_out_all_that_is_over_after_each_interval() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let users = store_at(&clock).database::<User>()?;
    let mut watch = users.watch();
    let started = time::Instant::now();
    let maintenance = users.store().spawn_maintenance(INTERVAL);
    for round in 1..=3 {
        // More than one call takes out.
        users.put_batch(&(0..2_000).map(user).collect::<Vec<_>>())?;
        assert_eq!(ready(&mut watch)?.len(), 2_000);
        (0..2_000).try_for_each(|id| users.set_ttl(&id, Some(HOUR)).map(drop))?;
        clock.advance(HOUR);
        for _ in 0..2_000 {
            // Paused time goes on when nobody has anything to do.
            let change =
                timeout(2 * INTERVAL, watch.next()).await?.ok_or("the store is there")??;
            assert_eq!((change.new, change.origin), (None, ChangeOrigin::Expired));
        }
        assert_eq!(started.elapsed(), round * INTERVAL);
    }
    maintenance.shutdown().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_the_task_at_once() -> Result<(), Box<dyn Error>> {
    let (store, users) = expired_users(10)?;
    let mut watch = users.watch();
    let started = time::Instant::now();
    let maintenance = store.spawn_maintenance(INTERVAL);
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 1);

    maintenance.shutdown().await;

    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    advance(10 * INTERVAL).await;
    assert_eq!(ready(&mut watch)?, [], "nobody maintains the store");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_dropped_handle_ends_the_task() -> Result<(), Box<dyn Error>> {
    let (store, users) = expired_users(10)?;
    let mut watch = users.watch();
    let maintenance = store.spawn_maintenance(INTERVAL);
    yield_now().await;
    drop(maintenance);
    yield_now().await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    advance(10 * INTERVAL).await;
    assert_eq!(ready(&mut watch)?, []);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_task_keeps_no_store_and_ends_with_it() -> Result<(), Box<dyn Error>> {
    let (store, users) = expired_users(10)?;
    let maintenance = store.spawn_maintenance(INTERVAL);
    let mut mark = store.watch_utilization(Budget::Own, 50.0);
    yield_now().await;
    drop((store, users));
    assert_eq!(mark.crossed().await, None, "the store is gone while the task waits");

    advance(INTERVAL).await;
    yield_now().await;

    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    maintenance.shutdown().await;
    Ok(())
}
