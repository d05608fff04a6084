//! netabase, on disk and in memory.

use std::path::Path;

use netabase::{DatabaseError, Durability, Limits, MemoryStoreDatabase, NetabaseStore};

use crate::durable::{peer::Peer, person::Person};

/// In a directory, with two indexes in memory.
pub(crate) struct Netabase(pub(super) MemoryStoreDatabase<Person>);

/// In memory alone: what the disk costs is what the other takes more.
pub(crate) struct InMemory(Netabase);

/// Room for all that is measured.
pub(crate) fn limits() -> Limits {
    Limits { max_records: usize::MAX, max_bytes: usize::MAX, ..Limits::default() }
}

impl Peer for Netabase {
    const NAME: &'static str = "netabase";

    fn open(directory: &Path) -> Self {
        let store = NetabaseStore::builder().path(directory).limits(limits()).build();
        Self(store.expect("it opens").database().expect("nothing else has the name"))
    }

    fn put_each(&self, people: impl Iterator<Item = Person>) {
        people.for_each(|person| drop(self.0.put(&person).expect("there is room")));
    }

    fn put_synced(&self, person: Person) {
        let put = self.0.store().transaction(|tx| {
            tx.set_durability(Durability::Synced);
            tx.put(&self.0, &person)?;
            Ok::<_, DatabaseError>(())
        });
        put.expect("there is room");
    }

    fn load(&self, people: impl Iterator<Item = Person>) {
        self.0.load(people).expect("there is room");
        self.sync();
    }

    fn remove(&self, ids: &[u64]) {
        for ids in ids.chunks(1000) {
            self.0.remove_batch(ids).expect("they are there");
        }
        self.sync();
    }

    fn sync(&self) {
        self.0.store().sync().expect("the disk works");
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn compact(self) -> bool {
        self.0.store().compact().expect("there is room");
        true
    }
}

impl Peer for InMemory {
    const NAME: &'static str = "netabase, in memory";

    fn open(_: &Path) -> Self {
        let store = NetabaseStore::builder().limits(limits()).build().expect("it is made");
        Self(Netabase(store.database().expect("nothing else has the name")))
    }

    fn put_each(&self, people: impl Iterator<Item = Person>) {
        self.0.put_each(people);
    }

    fn put_synced(&self, person: Person) {
        self.0.put_synced(person);
    }

    fn load(&self, people: impl Iterator<Item = Person>) {
        self.0.load(people);
    }

    fn remove(&self, ids: &[u64]) {
        self.0.remove(ids);
    }

    fn sync(&self) {}

    fn len(&self) -> usize {
        self.0.len()
    }
}
