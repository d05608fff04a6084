//! redb with a table for each index.

use std::path::Path;

use netabase_benches::by_hand::{decode, encode};
use redb::{
    Database, Durability, MultimapTable, MultimapTableDefinition, ReadableDatabase,
    ReadableTableMetadata, Table, TableDefinition, WriteTransaction,
};

use crate::durable::{peer::Peer, person::Person};

const PEOPLE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("people");
const EMAILS: TableDefinition<'_, &str, u64> = TableDefinition::new("emails");
const GROUPS: MultimapTableDefinition<'_, u32, u64> = MultimapTableDefinition::new("groups");

pub(crate) struct Redb(Database);

struct Tables<'a> {
    people: Table<'a, u64, &'static [u8]>,
    emails: Table<'a, &'static str, u64>,
    groups: MultimapTable<'a, u32, u64>,
}

impl<'a> Tables<'a> {
    fn open(write: &'a WriteTransaction) -> Self {
        Self {
            people: write.open_table(PEOPLE).expect("it opens"),
            emails: write.open_table(EMAILS).expect("it opens"),
            groups: write.open_multimap_table(GROUPS).expect("it opens"),
        }
    }

    fn put(&mut self, person: &Person) {
        let old = self.people.insert(person.id, encode(person).as_slice()).expect("it is written");
        // Of all that is measured, neither email nor group changes.
        if old.is_some() {
            return;
        }
        self.emails.insert(person.email.as_str(), person.id).expect("it is written");
        self.groups.insert(person.group, person.id).expect("it is written");
    }

    fn remove(&mut self, id: u64) {
        let old = self.people.remove(id).expect("it is written").expect("it is there");
        let old: Person = decode(old.value());
        self.emails.remove(old.email.as_str()).expect("it is written");
        self.groups.remove(old.group, id).expect("it is written");
    }
}

impl Redb {
    fn write(&self, durability: Durability, work: impl FnOnce(&mut Tables<'_>)) {
        let mut write = self.0.begin_write().expect("a write begins");
        write.set_durability(durability).expect("there is no savepoint");
        work(&mut Tables::open(&write));
        write.commit().expect("it is committed");
    }
}

impl Peer for Redb {
    const NAME: &'static str = "redb";

    fn open(directory: &Path) -> Self {
        let redb = Self(Database::create(directory.join("people")).expect("it opens"));
        redb.write(Durability::Immediate, |_| {});
        redb
    }

    /// The pages that commits leave are free after a durable one: one of a hundred is.
    fn put_each(&self, people: impl Iterator<Item = Person>) {
        for (at, person) in people.enumerate() {
            let durability = if at % 100 == 99 { Durability::Immediate } else { Durability::None };
            self.write(durability, |tables| tables.put(&person));
        }
    }

    fn put_synced(&self, person: Person) {
        self.write(Durability::Immediate, |tables| tables.put(&person));
    }

    fn load(&self, people: impl Iterator<Item = Person>) {
        self.write(Durability::Immediate, |tables| people.for_each(|person| tables.put(&person)));
    }

    fn remove(&self, ids: &[u64]) {
        self.write(Durability::Immediate, |tables| ids.iter().for_each(|id| tables.remove(*id)));
    }

    fn sync(&self) {
        self.write(Durability::Immediate, |_| {});
    }

    fn len(&self) -> usize {
        let people = self.0.begin_read().expect("a read begins").open_table(PEOPLE);
        let len = people.expect("it opens").len().expect("it is read");
        usize::try_from(len).expect("they fit memory")
    }

    fn compact(mut self) -> bool {
        self.0.compact().expect("there is room")
    }
}
