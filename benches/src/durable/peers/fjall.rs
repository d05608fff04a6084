//! fjall, with a keyspace for each index.

use std::path::Path;

use fjall::{
    KeyspaceCreateOptions, PersistMode, Readable, SingleWriterTxDatabase, SingleWriterTxKeyspace,
    SingleWriterWriteTx,
};
use netabase_benches::by_hand::{decode, encode};

use crate::durable::{peer::Peer, person::Person};

pub(crate) struct Fjall {
    database: SingleWriterTxDatabase,
    people: SingleWriterTxKeyspace,
    emails: SingleWriterTxKeyspace,
    groups: SingleWriterTxKeyspace,
}

/// So many to a commit of those that are loaded.
const CHUNK: usize = 10_000;

fn member(person: &Person) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&person.group.to_be_bytes());
    key[4..].copy_from_slice(&person.id.to_be_bytes());
    key
}

impl Fjall {
    fn put(&self, write: &mut SingleWriterWriteTx<'_>, person: &Person) {
        let key = person.id.to_be_bytes();
        let is_there = write.contains_key(&self.people, key).expect("it is read");
        write.insert(&self.people, key, encode(person));
        // Of all that is measured, neither email nor group changes.
        if !is_there {
            write.insert(&self.emails, person.email.as_str(), key);
            write.insert(&self.groups, member(person), []);
        }
    }

    fn write(&self, work: impl FnOnce(&mut SingleWriterWriteTx<'_>)) {
        let mut write = self.database.write_tx();
        work(&mut write);
        write.commit().expect("it is committed");
    }
}

impl Peer for Fjall {
    const NAME: &'static str = "fjall";

    fn open(directory: &Path) -> Self {
        let database = SingleWriterTxDatabase::builder(directory).open().expect("it opens");
        let keyspace =
            |name| database.keyspace(name, KeyspaceCreateOptions::default).expect("it opens");
        let (people, emails, groups) = (keyspace("people"), keyspace("emails"), keyspace("groups"));
        Self { database, people, emails, groups }
    }

    fn put_each(&self, people: impl Iterator<Item = Person>) {
        people.for_each(|person| self.write(|write| self.put(write, &person)));
    }

    fn put_synced(&self, person: Person) {
        self.write(|write| self.put(write, &person));
        self.sync();
    }

    fn load(&self, people: impl Iterator<Item = Person>) {
        let mut people = people.peekable();
        while people.peek().is_some() {
            self.write(|write| {
                people.by_ref().take(CHUNK).for_each(|person| self.put(write, &person));
            });
        }
        self.sync();
    }

    fn remove(&self, ids: &[u64]) {
        for ids in ids.chunks(CHUNK) {
            self.write(|write| {
                for id in ids {
                    let key = id.to_be_bytes();
                    let old = write.get(&self.people, key).expect("it is read");
                    let old: Person = decode(&old.expect("it is there"));
                    write.remove(&self.people, key);
                    write.remove(&self.emails, old.email.as_str());
                    write.remove(&self.groups, member(&old));
                }
            });
        }
        self.sync();
    }

    fn sync(&self) {
        self.database.persist(PersistMode::SyncAll).expect("the disk works");
    }

    fn len(&self) -> usize {
        self.database.read_tx().len(&self.people).expect("it is read")
    }
}
