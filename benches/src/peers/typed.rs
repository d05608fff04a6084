use std::time::Duration;

use libp2p::kad::Record;
use netabase::{DatabaseError, KeyOf, MemoryStoreDatabase, NetabaseStore};

use super::{
    clock::Ahead,
    feed::Feed,
    incoming::limits,
    peer::{
        Codec, Counted, Indexed, Lending, Look, Mortal, Ordered, Peer, See, Shared, Synced,
        Transactional, has,
    },
    schemas::{Mate, Schema},
};

const HOUR: u64 = 3600;

/// A typed database.
pub(crate) struct Typed<V: Schema> {
    users: MemoryStoreDatabase<V>,
    clock: Ahead,
}

impl<V: Schema> Peer for Typed<V>
where
    u64: KeyOf<V::Key>,
{
    type User = V;

    const NAME: &'static str = V::NAME;
    const INDEXED: bool = V::INDEXED;

    fn new() -> Self {
        let clock = Ahead::default();
        let store = NetabaseStore::builder().limits(limits()).clock(clock.clone()).build();
        let store = store.expect("no name was given that could be wrong");
        Self { users: store.database().expect("the schema is the only one"), clock }
    }

    /// In steps as large as its documentation says, which is a thousand or a few.
    fn load(&mut self, feed: &mut Feed<'_, V>) {
        while let Some(users) = feed.portion() {
            self.users.put_batch(&*users).expect("there is room");
        }
    }

    fn put_each(&mut self, users: &mut [V]) {
        for user in users {
            self.users.put(user).expect("there is room");
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for id in ids {
            self.users.remove(id).expect("the key is valid");
        }
    }

    fn get(&self, id: u64) -> Option<V> {
        self.users.get(&id).expect("the key is valid")
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<V>>) {
        for &from in from {
            look(taken(self.users.range(from..).expect("the key is valid").limit(rows)));
        }
    }

    fn scan(&self, look: See<'_, V>) {
        for user in self.users.scan() {
            look(&user.expect("what was stored decodes"));
        }
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<V>)) {
        work(self);
    }

    has!(lending, ordered);

    fn indexed(&self) -> Option<&dyn Indexed<V>> {
        V::indexed(self)
    }

    has!(counted, transactional, synced);

    fn mortal(&mut self) -> Option<&mut dyn Mortal> {
        V::TTL.is_some().then_some(self as &mut dyn Mortal)
    }

    fn codec() -> Option<Codec<V>> {
        V::codec()
    }
}

impl<V: Schema> Lending for Typed<V>
where
    u64: KeyOf<V::Key>,
{
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        for id in ids {
            look(self.users.get_with(id, |user| V::age_of(&user)).expect("the key is valid"));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        for &from in from {
            let range = self.users.range(from..).expect("the key is valid").limit(rows);
            let mut sum = 0;
            let seen = range.each_with(|user| sum += V::sum_of(&user));
            seen.expect("what was stored decodes");
            look(sum);
        }
    }
}

impl<V: Schema> Ordered<V> for Typed<V> {
    fn in_order(&self, look: See<'_, V>) {
        for user in &self.users {
            look(&user.expect("what was stored decodes"));
        }
    }
}

impl Indexed<Mate> for Typed<Mate> {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<Mate>>) {
        let index = self.users.index(Mate::EMAIL);
        for email in emails {
            look(index.get_one(email.as_str()).expect("the key is valid"));
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<Mate>>) {
        let index = self.users.index(Mate::GROUP);
        for &group in groups {
            look(taken(index.get(group).expect("the key is valid")));
        }
    }
}

impl<V: Schema> Counted for Typed<V> {
    fn count(&self) -> usize {
        self.users.capacity_info().current_records
    }
}

impl<V: Schema> Transactional for Typed<V>
where
    u64: KeyOf<V::Key>,
{
    fn set_ages(&mut self, ids: &[u64], age: u8) {
        let done = self.users.store().transaction(|transaction| {
            for id in ids {
                let mut user = transaction.get(&self.users, id)?.expect("it is there");
                user.set_age(age);
                transaction.put(&self.users, &user)?;
            }
            Ok::<_, DatabaseError>(())
        });
        done.expect("nobody else writes");
    }
}

impl<V: Schema> Synced for Typed<V> {
    fn records(&self, look: Look<'_, Record>) {
        for record in self.users.sync_to_network() {
            look(record.expect("the clock was not set back"));
        }
    }
}

impl<V: Schema> Mortal for Typed<V>
where
    u64: KeyOf<V::Key>,
{
    fn end(&mut self, ids: &[u64]) {
        for id in ids {
            self.users.set_ttl(id, Some(Duration::from_secs(HOUR))).expect("the key is valid");
        }
        self.clock.advance(HOUR);
    }

    fn sweep(&mut self) -> usize {
        let mut swept = 0;
        loop {
            let done = self.users.maintain_store();
            swept += done.expired_records_cleaned;
            if done.is_complete {
                return swept;
            }
        }
    }
}

impl<V: Schema> Shared<V> for Typed<V>
where
    u64: KeyOf<V::Key>,
{
    fn get(&self, id: u64) -> Option<V> {
        self.users.get(&id).expect("the key is valid")
    }

    fn overwrite(&self, user: V) {
        self.users.put(&user).expect("there is room");
    }
}

fn taken<V, E: std::error::Error>(users: impl Iterator<Item = Result<V, E>>) -> Vec<V> {
    users.map(|user| user.expect("what was stored decodes")).collect()
}
