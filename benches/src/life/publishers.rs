use std::{hint::black_box, time::Instant};

use libp2p::kad::store::RecordStore;
use netabase::{MemoryStoreDatabase, NetabaseStore};
use netabase_benches::{
    by_hand::decode,
    timing::{nanoseconds, time, to_f64},
    workload::User,
};

use super::{
    by_hand::Leased,
    figure::{Figure, Notes},
    lives::Lives,
};

/// Of so many publishers the records are asked for, each time by a look at all records.
const FILTERED: usize = 3;

/// And so many by the index.
const FOUND: usize = 100;

/// How often the capacity is asked for.
const CALLS: usize = 100_000;

/// Nanoseconds to find and decode the records of one publisher among those of all.
pub(super) fn by_hand(leased: &Leased, lives: &Lives) -> f64 {
    let users_of = |publisher| {
        let publisher = Some(lives.publisher(publisher));
        let records = leased.store.records().filter(|record| record.publisher == publisher);
        records.map(|record| decode(&record.value)).collect()
    };
    timed(users_of, FILTERED, lives)
}

/// The same of a store that holds them, and what that takes to say how full it is.
pub(super) fn typed(store: &NetabaseStore, lives: &Lives, notes: &mut Notes) {
    assert_eq!(store.capacity_info().foreign.current_records, lives.ids.len(), "nothing has gone");
    let calls = &lives.ids[..CALLS.min(lives.ids.len())];
    let capacity_info = time(calls, |_| {
        black_box(store.capacity_info());
    });
    notes.note(Figure::CapacityInfo, capacity_info);

    let users = store.database::<User>().expect("it was opened before").with_held();
    let filtered = |publisher| filter(&users, lives, publisher);
    notes.note(Figure::PublisherTyped, timed(filtered, FILTERED, lives));
    let found = |publisher| {
        let users = users.get_publisher_records(&lives.publisher(publisher));
        users.map(|user| user.expect("what was stored decodes")).collect()
    };
    notes.note(Figure::Publisher, timed(found, FOUND, lives));
}

/// Values do not say who published them: the id stands for a field that does.
fn filter(users: &MemoryStoreDatabase<User>, lives: &Lives, publisher: usize) -> Vec<User> {
    let users = users.scan().map(|user| user.expect("what was stored decodes"));
    users.filter(|user| lives.is_of(user.id, publisher)).collect()
}

/// Nanoseconds a publisher. The first answer is checked before, and is not timed.
fn timed(users_of: impl Fn(usize) -> Vec<User>, count: usize, lives: &Lives) -> f64 {
    let mut publishers = lives.some_publishers(count + 1);
    let first = publishers.next().expect("there is a publisher");
    let mut users = users_of(first);
    users.sort_unstable_by_key(|user| user.id);
    let expected = lives.ids_of(first).into_iter().map(|id| User::new(id, 0));
    assert!(expected.eq(users), "a publisher's records are found, and no others");

    let mut asked: Vec<usize> = publishers.collect();
    if asked.is_empty() {
        asked.push(first);
    }
    let start = Instant::now();
    for &publisher in &asked {
        black_box(users_of(publisher));
    }
    let asked = to_f64(i64::try_from(asked.len()).expect("there are a few"));
    nanoseconds(start.elapsed()) / asked
}
