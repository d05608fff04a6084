//! How long a node waits for the store while the application loads it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use libp2p::kad::{Record, store::RecordStore};
use netabase::NetabaseStore;
use netabase_benches::{timing::nanoseconds, workload::User};

use super::{
    figure::{Figure, Notes},
    lives::{Lives, limits},
};

/// Between two calls.
const PAUSE: Duration = Duration::from_micros(200);

/// For so many loaded records there is one that comes in: more than there is time for.
const SHARE: usize = 20;

pub(super) fn measure(lives: &Lives, notes: &mut Notes) {
    let store = NetabaseStore::builder().limits(limits()).build().expect("the limits are valid");
    let users = store.database::<User>().expect("the schema is the only one");
    let arrivals = lives.newcomers().take((lives.ids.len() / SHARE).max(1));
    let arrivals = arrivals.map(|id| lives.published_record(id)).collect();
    let is_loaded = AtomicBool::new(false);
    let calls = thread::scope(|scope| {
        let kad = scope.spawn(|| call_as_kad(store.clone(), arrivals, &is_loaded));
        let loaded = users.load(lives.ids.iter().map(|&id| User::new(id, 0)));
        is_loaded.store(true, Ordering::Relaxed);
        assert_eq!(loaded, Ok(lives.ids.len()), "all values are loaded");
        kad.join().expect("kad's calls are answered")
    });
    assert_eq!(users.len(), lives.ids.len(), "databases show what was loaded, and nothing else");

    let [gets, puts] = calls.map(Waits::of);
    notes.note(Figure::GetMedian, gets.at(50));
    notes.note(Figure::Get99th, gets.at(99));
    notes.note(Figure::GetLongest, gets.at(100));
    notes.note(Figure::PutMedian, puts.at(50));
    notes.note(Figure::Put99th, puts.at(99));
    notes.note(Figure::PutLongest, puts.at(100));
}

/// Puts records and gets them again until the other thread is done; how long each get and each put took.
fn call_as_kad(
    mut store: NetabaseStore,
    arrivals: Vec<Record>,
    is_loaded: &AtomicBool,
) -> [Vec<Duration>; 2] {
    let [mut gets, mut puts] = [Vec::new(), Vec::new()];
    for record in arrivals {
        let (key, value) = (record.key.clone(), record.value.clone());
        thread::sleep(PAUSE);
        let start = Instant::now();
        let stored = store.put(record);
        puts.push(start.elapsed());
        stored.expect("the record is valid, and there is room");

        thread::sleep(PAUSE);
        let start = Instant::now();
        let found = store.get(&key);
        gets.push(start.elapsed());
        assert!(found.is_some_and(|found| found.value == value), "it is served as it came in");

        if is_loaded.load(Ordering::Relaxed) {
            break;
        }
    }
    [gets, puts]
}

/// In ascending order.
struct Waits(Vec<Duration>);

impl Waits {
    fn of(mut waits: Vec<Duration>) -> Self {
        waits.sort_unstable();
        Self(waits)
    }

    /// What so many percent of the calls did not take longer than, in nanoseconds.
    fn at(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent).div_ceil(100) - 1;
        nanoseconds(self.0[place])
    }
}
