use libp2p::kad::store::{MemoryStore, RecordStore};
use netabase_benches::{
    by_hand::{self, decode, key, record},
    workload::User,
};

use crate::peer::Peer;

/// A bare `MemoryStore`.
pub(crate) struct Raw(MemoryStore);

impl Peer for Raw {
    const RANGES: usize = 5;

    fn new() -> Self {
        Self(by_hand::store())
    }

    fn put(&mut self, user: &User) {
        self.0.put(record(user)).expect("there is room");
    }

    fn get(&self, id: u64) -> Option<User> {
        self.0.get(&key(id)).map(|record| decode(&record.value))
    }

    fn remove(&mut self, id: u64) {
        self.0.remove(&key(id));
    }

    fn range(&self, from: u64, rows: usize) -> Vec<User> {
        by_hand::range(&self.0, from, rows)
    }
}
