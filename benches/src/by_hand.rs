//! A bare `MemoryStore`, its keys and values made by hand.

use std::borrow::Cow;

use bincode::config::standard;
use libp2p::{
    PeerId,
    kad::{
        Record, RecordKey,
        store::{MemoryStore, MemoryStoreConfig, RecordStore},
    },
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{smallest::smallest, workload::User};

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
    Record::new(key(user.id), encode(user))
}

/// A record's value.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, standard()).expect("users encode")
}

/// What a record's value was made of.
#[must_use]
pub fn decode<T: DeserializeOwned>(value: &[u8]) -> T {
    let decoded = bincode::serde::decode_from_slice(value, standard());
    decoded.expect("what was encoded decodes").0
}

/// The first values from an id on. There is no order: all records are looked at, and those with the smallest
/// keys kept.
pub fn range(store: &MemoryStore, from: u64, rows: usize) -> impl Iterator<Item = &[u8]> {
    let from = key(from);
    let records = store.records().filter_map(|record| match record {
        Cow::Borrowed(record) => Some((record.key.as_ref(), record.value.as_slice())),
        Cow::Owned(_) => None,
    });
    let found = smallest(records.filter(|(key, _)| *key >= from.as_ref()), rows);
    found.into_iter().map(|(_, value)| value)
}
