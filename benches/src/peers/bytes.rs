use std::{collections::BTreeMap, sync::RwLock};

use netabase::{value_from_bytes, value_to_bytes};

use super::{
    by_hand::seen,
    feed::Feed,
    peer::{Counted, Lending, Look, Ordered, Peer, See, Shared, has},
    user::User,
};

/// A sorted map of key bytes and netabase's value bytes: what a store that need not be a `MemoryStore` could be, bare
/// of all that netabase checks and keeps beside the bytes.
pub(crate) struct Bytes(BTreeMap<[u8; 8], Box<[u8]>>);

impl Bytes {
    fn range(&self, from: u64, rows: usize) -> impl Iterator<Item = &[u8]> {
        self.0.range(from.to_be_bytes()..).take(rows).map(|(_, bytes)| &**bytes)
    }
}

fn decoded(bytes: &[u8]) -> User {
    value_from_bytes(bytes).expect("what was encoded decodes")
}

impl Peer for Bytes {
    type User = User;

    const NAME: &'static str = "bytes";

    fn new() -> Self {
        Self(BTreeMap::new())
    }

    fn load(&mut self, feed: &mut Feed<'_, User>) {
        while let Some(users) = feed.portion() {
            self.put_each(users);
        }
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            let bytes = value_to_bytes(user).expect("users encode");
            self.0.insert(user.id.to_be_bytes(), bytes.into_boxed_slice());
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for id in ids {
            self.0.remove(&id.to_be_bytes());
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        self.0.get(&id.to_be_bytes()).map(|bytes| decoded(bytes))
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        for &from in from {
            look(self.range(from, rows).map(decoded).collect());
        }
    }

    fn scan(&self, look: See<'_, User>) {
        self.0.values().for_each(|bytes| look(&decoded(bytes)));
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(&RwLock::new(self));
    }

    has!(lending, ordered, counted);
}

/// Lent as by hand, unlike what is read as a whole: without netabase's checks.
impl Lending for Bytes {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        for id in ids {
            look(self.0.get(&id.to_be_bytes()).map(|bytes| seen(bytes).age));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        for &from in from {
            look(self.range(from, rows).map(|bytes| seen(bytes).sum()).sum());
        }
    }
}

impl Ordered<User> for Bytes {
    fn in_order(&self, look: See<'_, User>) {
        self.scan(look);
    }
}

impl Counted for Bytes {
    fn count(&self) -> usize {
        self.0.len()
    }
}
