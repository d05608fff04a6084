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
        self.0.get(&key(id)).map(|record| decode(&record))
    }

    fn remove(&mut self, id: u64) {
        self.0.remove(&key(id));
    }

    /// There is no order: all records are looked at, and the matching ones sorted.
    fn range(&self, from: u64, rows: usize) -> Vec<User> {
        let from = key(from);
        let mut found: Vec<_> = self
            .0
            .records()
            .filter(|record| record.key.as_ref() >= from.as_ref())
            .map(|record| record.key.clone())
            .collect();
        let rows = rows.min(found.len());
        if rows < found.len() {
            found.select_nth_unstable_by(rows, |a, b| a.as_ref().cmp(b.as_ref()));
            found.truncate(rows);
        }
        found.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        found.iter().filter_map(|key| self.0.get(key)).map(|record| decode(&record)).collect()
    }
}

fn key(id: u64) -> RecordKey {
    let mut bytes = Vec::with_capacity(PREFIX.len() + 8);
    bytes.extend_from_slice(PREFIX);
    bytes.extend_from_slice(&id.to_be_bytes());
    RecordKey::from(bytes)
}

fn decode(record: &Record) -> User {
    let decoded = bincode::serde::decode_from_slice(&record.value, standard());
    decoded.expect("what was encoded decodes").0
}
