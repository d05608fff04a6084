//! A bare `MemoryStore` of hand-written records that end, and say who published them.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use libp2p::kad::{
    Record, RecordKey,
    store::{MemoryStore, RecordStore},
};
use netabase_benches::{
    by_hand::{decode, key, record, store},
    timing::nanoseconds,
    workload::User,
};

use super::{
    figure::{Figure, Notes},
    fill::{Filled, fill},
    lives::{HOUR, Lives, life_of},
};

/// Publisher and end stand in the records, as kad has them.
pub(super) struct Leased {
    pub(super) store: MemoryStore,
    filled_at: Instant,
}

impl Leased {
    pub(super) fn fill(lives: &Lives, notes: &mut Notes) -> Self {
        let (mut store, filled_at) = (store(), Instant::now());
        let make = |id| Record {
            publisher: Some(lives.publisher_of(id)),
            expires: Some(filled_at + life_of(id)),
            ..record(&User::new(id, 0))
        };
        let filled = put_all(&mut store, lives, make);
        for &id in lives.ids.iter().take(1000) {
            let found = store.get(&key(id)).map(|record| decode(&record.value));
            assert_eq!(found, Some(User::new(id, 0)), "every user is found as it was put");
        }
        notes.note(Figure::HeapByHand, filled.heap);
        Self { store, filled_at }
    }

    /// Nanoseconds to drop what ends in an hour.
    pub(super) fn sweep(mut self, lives: &Lives) -> f64 {
        let now = self.filled_at + HOUR;
        let start = Instant::now();
        self.store.retain(|_, record| !record.is_expired(now));
        let time = start.elapsed();
        check_swept(&self.store, lives);
        nanoseconds(time)
    }
}

/// The end stands in front of each value, as peers have to agree on it: [`Record::expires`] is not sent.
pub(super) struct Deadlines(MemoryStore);

/// In unix milliseconds.
const FILLED_AT: u64 = 1_800_000_000_000;

impl Deadlines {
    pub(super) fn fill(lives: &Lives) -> Self {
        let mut store = store();
        let make = |id| {
            let Record { key, value, .. } = record(&User::new(id, 0));
            let deadline = FILLED_AT + millis(life_of(id));
            Record::new(key, [&deadline.to_be_bytes()[..], &value].concat())
        };
        put_all(&mut store, lives, make);
        for &id in lives.ids.iter().take(1000) {
            let found = store.get(&key(id)).map(|record| decode(&record.value[8..]));
            assert_eq!(found, Some(User::new(id, 0)), "every user is found as it was put");
        }
        Self(store)
    }

    /// Nanoseconds to find, by a look at all values, what ends in an hour, and to remove that.
    pub(super) fn sweep(mut self, lives: &Lives) -> f64 {
        let now = FILLED_AT + millis(HOUR);
        let start = Instant::now();
        let has_ended = |record: &Cow<'_, Record>| {
            record.value.first_chunk().is_some_and(|ends| u64::from_be_bytes(*ends) <= now)
        };
        let ended = self.0.records().filter(has_ended).map(|record| record.key.clone());
        for key in ended.collect::<Vec<RecordKey>>() {
            self.0.remove(&key);
        }
        let time = start.elapsed();
        check_swept(&self.0, lives);
        nanoseconds(time)
    }
}

fn put_all(store: &mut MemoryStore, lives: &Lives, make: impl Fn(u64) -> Record) -> Filled {
    fill(&lives.ids, make, |made| {
        for record in made.drain(..) {
            store.put(record).expect("there is room");
        }
    })
}

fn check_swept(store: &MemoryStore, lives: &Lives) {
    let left = lives.ids.len() - lives.short_lived();
    assert_eq!(store.records().count(), left, "what lives longer stays, and nothing else");
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).expect("it is some hours")
}
