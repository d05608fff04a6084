use libp2p::kad::{Record, store::RecordStore};
use netabase::{MemoryStoreDatabase, NetabaseStore};
use netabase_benches::workload::User;

use crate::peer::Peer;

/// A typed database, and the handle of its store that a swarm has.
pub(crate) struct Typed {
    users: MemoryStoreDatabase<User>,
    kad: NetabaseStore,
}

impl Peer for Typed {
    const RANGES: usize = 1000;

    fn new() -> Self {
        let kad = NetabaseStore::new();
        let users = kad.database().expect("the schema is the only one");
        Self { users, kad }
    }

    fn put_all(&mut self, users: &mut Vec<User>) {
        for user in users {
            self.users.put(user).expect("there is room");
        }
    }

    fn age(&self, id: u64) -> Option<u8> {
        self.users.get_with(&id, |user| user.age).expect("the key is valid")
    }

    fn get(&self, id: u64) -> Option<User> {
        self.users.get(&id).expect("the key is valid")
    }

    fn range(&self, from: u64, rows: usize) -> Vec<User> {
        let found = self.users.range(from..).expect("the key is valid").limit(rows);
        found.map(|user| user.expect("what was stored decodes")).collect()
    }

    fn records(&self) -> impl Iterator<Item = Record> {
        self.users.sync_to_network().map(|record| record.expect("the clock was not set back"))
    }

    fn read(record: &Record) -> User {
        User::try_from(record).expect("what was stored decodes")
    }

    fn publish(&mut self, record: Record) {
        let record = Record { publisher: Some(self.kad.peer_id()), ..record };
        self.kad.put(record).expect("the application's own records are taken");
    }

    fn published(&self) -> usize {
        self.kad.records().count()
    }
}
