//! `SQLite` with a write-ahead log, its statements prepared and kept.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, params};

use crate::durable::{peer::Peer, person::Person};

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS people (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        age INTEGER NOT NULL,
        team INTEGER NOT NULL,
        bio TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS people_by_team ON people (team);
";
/// Of all that is measured, only the age changes.
const PUT: &str = "INSERT INTO people (id, email, age, team, bio) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (id) DO UPDATE SET age = ?3";
const REMOVE: &str = "DELETE FROM people WHERE id = ?1";

pub(crate) struct Sqlite(Mutex<Connection>);

fn put(connection: &Connection, person: &Person) {
    let Person { id, email, age, group, bio } = person;
    let mut statement = connection.prepare_cached(PUT).expect("the statement is valid");
    let parameters = params![id.cast_signed(), email, age, group, bio];
    statement.execute(parameters).expect("it is written");
}

impl Sqlite {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In WAL mode, NORMAL syncs at checkpoints alone, and FULL at each commit.
    fn synchronous(connection: &Connection, level: &str) {
        connection.pragma_update(None, "synchronous", level).expect("it is a level");
    }

    fn write(&self, work: impl FnOnce(&Connection)) {
        let mut connection = self.connection();
        Self::synchronous(&connection, "FULL");
        let write = connection.transaction().expect("a write begins");
        work(&write);
        write.commit().expect("it is committed");
    }
}

impl Peer for Sqlite {
    const NAME: &'static str = "rusqlite, WAL";

    fn open(directory: &Path) -> Self {
        let connection = Connection::open(directory.join("people")).expect("it opens");
        connection.execute_batch(SCHEMA).expect("the schema is valid");
        Self(Mutex::new(connection))
    }

    fn put_each(&self, people: impl Iterator<Item = Person>) {
        let connection = self.connection();
        Self::synchronous(&connection, "NORMAL");
        people.for_each(|person| put(&connection, &person));
    }

    fn put_synced(&self, person: Person) {
        self.write(|write| put(write, &person));
    }

    fn load(&self, people: impl Iterator<Item = Person>) {
        self.write(|write| people.for_each(|person| put(write, &person)));
    }

    fn remove(&self, ids: &[u64]) {
        self.write(|write| {
            let mut statement = write.prepare_cached(REMOVE).expect("the statement is valid");
            for id in ids {
                statement.execute([id.cast_signed()]).expect("it is written");
            }
        });
    }

    fn sync(&self) {
        let connection = self.connection();
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        connection.query_row(checkpoint, [], |_| Ok(())).expect("the disk works");
    }

    fn len(&self) -> usize {
        let count = "SELECT count(*) FROM people";
        let len: i64 = self.connection().query_row(count, [], |row| row.get(0)).expect("it is read");
        usize::try_from(len).expect("it is a count")
    }

    fn compact(self) -> bool {
        self.connection().execute_batch("VACUUM").expect("there is room");
        self.sync();
        true
    }
}
