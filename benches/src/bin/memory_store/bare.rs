use std::borrow::Cow;

use bincode::config::standard;
use libp2p::{
    PeerId,
    kad::{
        Record,
        store::{MemoryStore, RecordStore},
    },
};
use netabase_benches::{
    by_hand::{self, decode, key, record},
    workload::User,
};
use serde::Deserialize;

use crate::peer::Peer;

/// A bare `MemoryStore`, which is at the same time the swarm's.
pub(crate) struct Bare {
    store: MemoryStore,
    peer_id: PeerId,
}

/// A [`User`] that lies in a record's value.
#[derive(Deserialize)]
struct UserRef<'a> {
    #[serde(rename = "id")]
    _id: u64,
    #[serde(rename = "email")]
    _email: &'a str,
    age: u8,
    #[serde(rename = "bio")]
    _bio: &'a str,
}

impl Peer for Bare {
    const RANGES: usize = 5;

    fn new() -> Self {
        Self { store: by_hand::store(), peer_id: PeerId::random() }
    }

    fn put_all(&mut self, users: &mut Vec<User>) {
        for user in users {
            self.store.put(record(user)).expect("there is room");
        }
    }

    fn age(&self, id: u64) -> Option<u8> {
        let record = self.store.get(&key(id))?;
        let decoded = bincode::serde::borrow_decode_from_slice(&record.value, standard());
        let (user, _): (UserRef<'_>, usize) = decoded.expect("what was encoded decodes");
        Some(user.age)
    }

    fn get(&self, id: u64) -> Option<User> {
        self.store.get(&key(id)).map(|record| decode(&record.value))
    }

    fn range(&self, from: u64, rows: usize) -> Vec<User> {
        by_hand::range(&self.store, from, rows).map(decode).collect()
    }

    /// Encoded already, and lent: to own them is to copy them.
    fn records(&self) -> impl Iterator<Item = Record> {
        self.store.records().map(Cow::into_owned)
    }

    fn read(record: &Record) -> User {
        decode(&record.value)
    }

    fn publish(&mut self, record: Record) {
        let record = Record { publisher: Some(self.peer_id), ..record };
        self.store.put(record).expect("there is room");
    }

    fn published(&self) -> usize {
        self.store.records().filter(|record| record.publisher == Some(self.peer_id)).count()
    }
}
