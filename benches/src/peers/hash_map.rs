use std::{collections::HashMap, mem::take, sync::RwLock};

use libp2p::kad::Record;
use netabase_benches::smallest::smallest;

use super::{
    by_hand::record,
    feed::Feed,
    peer::{Counted, Lending, Look, Mortal, Peer, Published, See, Shared, Synced, has},
    user::{User, sum},
};

/// No user is that old: it stands for a deadline that is over.
const OVER: u8 = u8::MAX;

/// A `HashMap` of plain structs, encoded when they are synced.
pub(crate) struct Plain(HashMap<u64, User>);

impl Plain {
    /// There is no order: all ids are looked at, and the smallest kept.
    fn range(&self, from: u64, rows: usize) -> impl Iterator<Item = &User> {
        let ids = self.0.keys().copied().filter(|&id| id >= from);
        smallest(ids, rows).into_iter().filter_map(|id| self.0.get(&id))
    }
}

impl Peer for Plain {
    type User = User;

    const NAME: &'static str = "HashMap";
    const RANGES: usize = 3;

    fn new() -> Self {
        Self(HashMap::new())
    }

    fn load(&mut self, feed: &mut Feed<'_, User>) {
        while let Some(users) = feed.portion() {
            self.put_each(users);
        }
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            self.0.insert(user.id, take(user));
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for id in ids {
            self.0.remove(id);
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        self.0.get(&id).cloned()
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        for &from in from {
            look(self.range(from, rows).cloned().collect());
        }
    }

    fn scan(&self, look: See<'_, User>) {
        self.0.values().for_each(look);
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(&RwLock::new(self));
    }

    has!(lending, counted, synced, mortal, published);
}

impl Lending for Plain {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        for id in ids {
            look(self.0.get(id).map(|user| user.age));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        for &from in from {
            look(self.range(from, rows).map(|user| sum(user.age, &user.bio)).sum());
        }
    }
}

impl Counted for Plain {
    fn count(&self) -> usize {
        self.0.len()
    }
}

impl Synced for Plain {
    fn records(&self, look: Look<'_, Record>) {
        self.0.values().map(record).for_each(look);
    }
}

impl Mortal for Plain {
    fn end(&mut self, ids: &[u64]) {
        for id in ids {
            if let Some(user) = self.0.get_mut(id) {
                user.age = OVER;
            }
        }
    }

    fn sweep(&mut self) -> usize {
        let before = self.0.len();
        self.0.retain(|_, user| user.age != OVER);
        before - self.0.len()
    }
}

/// A filter over a field, which the group stands for.
impl Published<User> for Plain {
    fn prepare(&mut self) {}

    fn of_publisher(&self, group: u32) -> Vec<User> {
        self.0.values().filter(|user| user.group == group).cloned().collect()
    }
}
