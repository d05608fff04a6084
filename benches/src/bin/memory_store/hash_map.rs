use std::collections::HashMap;

use libp2p::{
    PeerId,
    kad::{
        Record,
        store::{MemoryStore, RecordStore},
    },
};
use netabase_benches::{
    by_hand::{self, decode},
    smallest::smallest,
    workload::User,
};

use crate::peer::Peer;

/// A `HashMap` of plain structs. The swarm beside it has a store of its own, empty until the first sync.
pub(crate) struct Plain {
    users: HashMap<u64, User>,
    peer_id: PeerId,
    kad: MemoryStore,
}

impl Peer for Plain {
    const RANGES: usize = 5;

    fn new() -> Self {
        Self { users: HashMap::new(), peer_id: PeerId::random(), kad: by_hand::store() }
    }

    fn put_all(&mut self, users: &mut Vec<User>) {
        for user in users.drain(..) {
            self.users.insert(user.id, user);
        }
    }

    fn age(&self, id: u64) -> Option<u8> {
        self.users.get(&id).map(|user| user.age)
    }

    fn get(&self, id: u64) -> Option<User> {
        self.users.get(&id).cloned()
    }

    /// There is no order: all ids are looked at, and the smallest kept.
    fn range(&self, from: u64, rows: usize) -> Vec<User> {
        let ids = self.users.keys().copied().filter(|&id| id >= from);
        let found = smallest(ids, rows);
        found.iter().filter_map(|id| self.users.get(id).cloned()).collect()
    }

    /// Nothing is encoded before.
    fn records(&self) -> impl Iterator<Item = Record> {
        self.users.values().map(by_hand::record)
    }

    fn read(record: &Record) -> User {
        decode(&record.value)
    }

    fn publish(&mut self, record: Record) {
        let record = Record { publisher: Some(self.peer_id), ..record };
        self.kad.put(record).expect("there is room");
    }

    fn published(&self) -> usize {
        self.kad.records().count()
    }
}
