use std::{borrow::Cow, collections::BinaryHeap};

use bincode::config::standard;
use libp2p::{
    PeerId,
    kad::{
        Record, RecordKey,
        store::{MemoryStore, MemoryStoreConfig, RecordStore},
    },
};

use crate::{peer::Peer, workload::User};

const PREFIX: &[u8; 16] = b"/netabase/user/l";

/// A bare `MemoryStore`, its keys and values made by hand.
pub(crate) struct Raw(MemoryStore);

impl Peer for Raw {
    const RANGES: usize = 5;

    fn new() -> Self {
        let config = MemoryStoreConfig { max_records: usize::MAX, ..Default::default() };
        Self(MemoryStore::with_config(PeerId::random(), config))
    }

    fn put(&mut self, user: &User) {
        let value = bincode::serde::encode_to_vec(user, standard()).expect("users encode");
        self.0.put(Record::new(key(user.id), value)).expect("there is room");
    }

    fn get(&self, id: u64) -> Option<User> {
        self.0.get(&key(id)).map(|record| decode(&record.value))
    }

    fn remove(&mut self, id: u64) {
        self.0.remove(&key(id));
    }

    /// There is no order: all records are looked at, and the smallest keys kept.
    fn range(&self, from: u64, rows: usize) -> Vec<User> {
        let from = key(from);
        let mut found = BinaryHeap::with_capacity(rows + 1);
        for record in self.0.records() {
            let Cow::Borrowed(record) = record else { continue };
            let key = record.key.as_ref();
            let full = found.len() == rows;
            let too_large = full && found.peek().is_some_and(|&(last, _)| key > last);
            if key < from.as_ref() || too_large {
                continue;
            }
            found.push((key, &record.value));
            if found.len() > rows {
                found.pop();
            }
        }
        found.into_sorted_vec().into_iter().map(|(_, value)| decode(value)).collect()
    }
}

fn key(id: u64) -> RecordKey {
    let mut bytes = Vec::with_capacity(PREFIX.len() + 8);
    bytes.extend_from_slice(PREFIX);
    bytes.extend_from_slice(&id.to_be_bytes());
    RecordKey::from(bytes)
}

fn decode(value: &[u8]) -> User {
    let decoded = bincode::serde::decode_from_slice(value, standard());
    decoded.expect("what was encoded decodes").0
}
