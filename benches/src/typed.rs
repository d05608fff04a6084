use netabase::{MemoryStoreDatabase, NetabaseStore};
use netabase_benches::workload::User;

use crate::peer::Peer;

/// A typed database.
pub(crate) struct Typed(MemoryStoreDatabase<User>);

impl Peer for Typed {
    const RANGES: usize = 1000;

    fn new() -> Self {
        Self(NetabaseStore::new().database().expect("the schema is the only one"))
    }

    fn put(&mut self, user: &User) {
        self.0.put(user).expect("there is room");
    }

    fn get(&self, id: u64) -> Option<User> {
        self.0.get(&id).expect("the key is valid")
    }

    fn remove(&mut self, id: u64) {
        self.0.remove(&id).expect("the key is valid");
    }

    fn range(&self, from: u64, rows: usize) -> Vec<User> {
        let found = self.0.range(from..).expect("the key is valid").limit(rows);
        found.map(|user| user.expect("what was stored decodes")).collect()
    }
}
