//! redb with one table of the bytes that netabase writes, and no index: the least that netabase could take.

use std::path::Path;

use netabase_benches::by_hand::{encode, key};
use redb::{Database, Durability, ReadableDatabase, ReadableTableMetadata, TableDefinition};

use crate::durable::{peer::Peer, person::Person};

const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("rows");

/// What an owned key has more: the owner.
const OWNER: [u8; 38] = [7; 38];

/// What a row has more: two bytes, and the envelope's ten.
const HEAD: [u8; 12] = [1; 12];

pub(crate) struct Bare(Database);

impl Bare {
    fn write(&self, people: impl Iterator<Item = Person>, durability: Durability) {
        let mut write = self.0.begin_write().expect("a write begins");
        write.set_durability(durability).expect("there is no savepoint");
        {
            let mut rows = write.open_table(ROWS).expect("it opens");
            for person in people {
                let value = [&HEAD[..], &encode(&person)].concat();
                rows.insert(row_key(person.id).as_slice(), value.as_slice()).expect("it is written");
            }
        }
        write.commit().expect("it is committed");
    }
}

fn row_key(id: u64) -> Vec<u8> {
    let key = key(id);
    let (prefix, id) = key.as_ref().split_at(key.as_ref().len() - 8);
    [prefix, &OWNER, id].concat()
}

impl Peer for Bare {
    const NAME: &'static str = "redb, the same bytes";

    fn open(directory: &Path) -> Self {
        let database = Database::create(directory.join("rows")).expect("it opens");
        let bare = Self(database);
        bare.write(std::iter::empty(), Durability::Immediate);
        bare
    }

    /// The pages that commits leave are free after a durable one: one of a hundred is.
    fn put_each(&self, people: impl Iterator<Item = Person>) {
        for (at, person) in people.enumerate() {
            let durability = if at % 100 == 99 { Durability::Immediate } else { Durability::None };
            self.write(std::iter::once(person), durability);
        }
    }

    fn put_synced(&self, person: Person) {
        self.write(std::iter::once(person), Durability::Immediate);
    }

    fn load(&self, people: impl Iterator<Item = Person>) {
        self.write(people, Durability::Immediate);
    }

    fn remove(&self, ids: &[u64]) {
        let write = self.0.begin_write().expect("a write begins");
        {
            let mut rows = write.open_table(ROWS).expect("it opens");
            for &id in ids {
                rows.remove(row_key(id).as_slice()).expect("it is written");
            }
        }
        write.commit().expect("it is committed");
    }

    fn sync(&self) {
        self.write(std::iter::empty(), Durability::Immediate);
    }

    fn len(&self) -> usize {
        let rows = self.0.begin_read().expect("a read begins").open_table(ROWS).expect("it opens");
        usize::try_from(rows.len().expect("it is read")).expect("they fit memory")
    }

    fn compact(mut self) -> bool {
        self.0.compact().expect("there is room")
    }
}
