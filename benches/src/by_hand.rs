//! A bare `MemoryStore`, its keys and values made by hand.

use std::{borrow::Cow, collections::BinaryHeap};

use bincode::config::standard;
use libp2p::{
    PeerId,
    kad::{
        Record, RecordKey,
        store::{MemoryStore, MemoryStoreConfig, RecordStore},
    },
};

use crate::workload::User;

const PREFIX: &[u8; 16] = b"/netabase/user/w";

/// With room for any number of records.
#[must_use]
pub fn store() -> MemoryStore {
    let config = MemoryStoreConfig { max_records: usize::MAX, ..Default::default() };
    MemoryStore::with_config(PeerId::random(), config)
}

/// 24 bytes, as netabase lays them out.
#[must_use]
pub fn key(id: u64) -> RecordKey {
    let mut bytes = Vec::with_capacity(PREFIX.len() + 8);
    bytes.extend_from_slice(PREFIX);
    bytes.extend_from_slice(&id.to_be_bytes());
    RecordKey::from(bytes)
}

/// The record of a user: no envelope, so nobody can tell which of two is newer.
#[must_use]
pub fn record(user: &User) -> Record {
    let value = bincode::serde::encode_to_vec(user, standard()).expect("users encode");
    Record::new(key(user.id), value)
}

/// The user in a record's value.
#[must_use]
pub fn decode(value: &[u8]) -> User {
    let decoded = bincode::serde::decode_from_slice(value, standard());
    decoded.expect("what was encoded decodes").0
}

/// The first users from an id on. There is no order: all records are looked at, and the smallest
/// keys kept.
#[must_use]
pub fn range(store: &MemoryStore, from: u64, rows: usize) -> Vec<User> {
    let from = key(from);
    let mut found = BinaryHeap::with_capacity(rows + 1);
    for record in store.records() {
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
