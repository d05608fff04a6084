use std::{
    borrow::Cow,
    sync::RwLock,
    time::{Duration, Instant},
};

use bincode::config::standard;
use libp2p::kad::{
    Record,
    store::{MemoryStore, RecordStore},
};
use netabase_benches::by_hand::{decode, encode, key, range, store};

use super::{
    feed::Feed,
    incoming::publisher,
    peer::{Codec, Lending, Look, Mortal, Peer, Published, See, Shared, Synced, has},
    user::{Seen, User},
};

/// A bare `MemoryStore` of hand-made records.
pub(crate) struct ByHand(MemoryStore);

pub(crate) fn record(user: &User) -> Record {
    Record::new(key(user.id), encode(user))
}

pub(crate) fn seen(value: &[u8]) -> Seen<'_> {
    let decoded = bincode::serde::borrow_decode_from_slice(value, standard());
    decoded.expect("what was encoded decodes").0
}

impl ByHand {
    /// Stores the records of these ids anew.
    fn change(&mut self, ids: &[u64], change: impl Fn(&mut Record)) {
        for &id in ids {
            let Some(record) = self.0.get(&key(id)) else { continue };
            let mut record = record.into_owned();
            change(&mut record);
            self.0.put(record).expect("there is room");
        }
    }
}

impl Peer for ByHand {
    type User = User;

    const NAME: &'static str = "MemoryStore";
    const RANGES: usize = 3;

    fn new() -> Self {
        Self(store())
    }

    fn load(&mut self, feed: &mut Feed<'_, User>) {
        while let Some(users) = feed.portion() {
            self.put_each(users);
        }
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            self.0.put(record(user)).expect("there is room");
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for &id in ids {
            self.0.remove(&key(id));
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        self.0.get(&key(id)).map(|record| decode(&record.value))
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        for &from in from {
            look(range(&self.0, from, rows).map(decode).collect());
        }
    }

    fn scan(&self, look: See<'_, User>) {
        for record in self.0.records() {
            look(&decode(&record.value));
        }
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(&RwLock::new(self));
    }

    has!(lending, synced, mortal, published);

    fn codec() -> Option<Codec<User>> {
        Some(Codec { encode: encode::<User>, decode: decode::<User>, record })
    }
}

impl Lending for ByHand {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        for &id in ids {
            look(self.0.get(&key(id)).map(|record| seen(&record.value).age));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        for &from in from {
            look(range(&self.0, from, rows).map(|value| seen(value).sum()).sum());
        }
    }
}

/// Encoded already, and lent: to own them is to copy them.
impl Synced for ByHand {
    fn records(&self, look: Look<'_, Record>) {
        self.0.records().map(Cow::into_owned).for_each(look);
    }
}

impl Mortal for ByHand {
    fn end(&mut self, ids: &[u64]) {
        let now = Instant::now();
        self.change(ids, |record| record.expires = Some(now));
    }

    fn sweep(&mut self) -> usize {
        let now = Instant::now() + Duration::from_millis(1);
        let mut swept = 0;
        self.0.retain(|_, record| {
            let is_over = record.is_expired(now);
            swept += usize::from(is_over);
            !is_over
        });
        swept
    }
}

/// A filter over all records.
impl Published<User> for ByHand {
    fn prepare(&mut self) {
        let users = self.0.records().map(|record| decode::<User>(&record.value));
        let users: Vec<(u64, u32)> = users.map(|user| (user.id, user.group)).collect();
        for (id, group) in users {
            self.change(&[id], |record| record.publisher = Some(publisher(group)));
        }
    }

    fn of_publisher(&self, group: u32) -> Vec<User> {
        let publisher = Some(publisher(group));
        let records = self.0.records().filter(|record| record.publisher == publisher);
        records.map(|record| decode(&record.value)).collect()
    }
}
