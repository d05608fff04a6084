use std::sync::Mutex;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::{
    feed::Feed,
    peer::{Indexed, Lending, Look, Next, Ordered, Peer, See, Shared, Transactional, has},
    user::{User, sum},
};

/// Ids are ordered as numbers without a sign; `SQLite`'s have one.
const SIGN: u64 = 1 << 63;

const SCHEMA: &str = "
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        age INTEGER NOT NULL,
        team INTEGER NOT NULL,
        bio TEXT NOT NULL
    ) STRICT;
    CREATE INDEX users_by_team ON users (team);
";
const INSERT: &str = "INSERT INTO users (id, email, age, team, bio) VALUES (?1, ?2, ?3, ?4, ?5)";
const UPDATE: &str = "UPDATE users SET email = ?2, age = ?3, team = ?4, bio = ?5 WHERE id = ?1";
const GET: &str = "SELECT id, email, age, team, bio FROM users WHERE id = ?1";
const AGE: &str = "SELECT age FROM users WHERE id = ?1";
const REMOVE: &str = "DELETE FROM users WHERE id = ?1";
const RANGE: &str =
    "SELECT id, email, age, team, bio FROM users WHERE id >= ?1 ORDER BY id LIMIT ?2";
const ALL: &str = "SELECT id, email, age, team, bio FROM users ORDER BY id";
const BY_EMAIL: &str = "SELECT id, email, age, team, bio FROM users WHERE email = ?1";
const BY_TEAM: &str = "SELECT id, email, age, team, bio FROM users WHERE team = ?1 ORDER BY id";

/// `SQLite` in memory, its statements prepared and kept.
pub(crate) struct Sqlite(Connection);

impl Sqlite {
    fn statement(&self, sql: &str) -> CachedStatement<'_> {
        self.0.prepare_cached(sql).expect("the statement is valid")
    }
}

fn number(id: u64) -> i64 {
    (id ^ SIGN).cast_signed()
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get::<_, i64>(0)?.cast_unsigned() ^ SIGN,
        email: row.get(1)?,
        age: row.get(2)?,
        group: row.get(3)?,
        bio: row.get(4)?,
    })
}

fn put(statement: &mut CachedStatement<'_>, User { id, email, age, group, bio }: &User) {
    statement.execute(params![number(*id), email, age, group, bio]).expect("it is written");
}

fn get(statement: &mut CachedStatement<'_>, id: u64) -> Option<User> {
    statement.query_row([number(id)], user).optional().expect("it is read")
}

impl Peer for Sqlite {
    type User = User;

    const NAME: &'static str = "rusqlite";
    const INDEXED: bool = true;

    fn new() -> Self {
        let connection = Connection::open_in_memory().expect("it opens");
        connection.execute_batch(SCHEMA).expect("the schema is valid");
        Self(connection)
    }

    /// One transaction.
    fn load(&mut self, feed: &mut Feed<'_, User>) {
        let write = self.0.transaction().expect("a write begins");
        {
            let mut statement = write.prepare_cached(INSERT).expect("the statement is valid");
            while let Some(users) = feed.portion() {
                for user in users {
                    put(&mut statement, user);
                }
            }
        }
        write.commit().expect("it is committed");
    }

    /// A statement outside a transaction is one of its own.
    fn put_each(&mut self, users: &mut [User]) {
        let mut statement = self.statement(INSERT);
        for user in users {
            put(&mut statement, user);
        }
    }

    fn overwrite_each(&mut self, users: &mut [User]) {
        let mut statement = self.statement(UPDATE);
        for user in users {
            put(&mut statement, user);
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        let mut statement = self.statement(REMOVE);
        for &id in ids {
            statement.execute([number(id)]).expect("it is written");
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        get(&mut self.statement(GET), id)
    }

    /// A transaction of its own for each look-up costs it more than one for all.
    fn get_chain(&self, first: u64, next: Next<'_, User>) {
        let read = self.0.unchecked_transaction().expect("a read begins");
        let mut statement = self.statement(GET);
        let mut id = Some(first);
        while let Some(wanted) = id {
            id = next(get(&mut statement, wanted));
        }
        drop(statement);
        read.commit().expect("nothing was written");
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        let rows = i64::try_from(rows).expect("there are fewer");
        let mut statement = self.statement(RANGE);
        for &from in from {
            let found = statement.query_map(params![number(from), rows], user);
            look(found.and_then(Iterator::collect).expect("it is read"));
        }
    }

    fn scan(&self, look: See<'_, User>) {
        let mut statement = self.statement(ALL);
        for user in statement.query_map([], user).expect("it is read") {
            look(&user.expect("it is read"));
        }
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(&Mutex::new(self));
    }

    /// C's allocator is not counted: the pages of the database, by its own count.
    fn heap(&self, _counted: i64) -> Option<i64> {
        let pragma = |name| self.0.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        pragma("page_count").and_then(|pages| Ok(pages * pragma("page_size")?)).ok()
    }

    fn is_alone(&self) -> bool {
        true
    }

    has!(lending, ordered, indexed, transactional);
}

impl Lending for Sqlite {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        let mut statement = self.statement(AGE);
        for &id in ids {
            let age = statement.query_row([number(id)], |row| row.get(0));
            look(age.optional().expect("it is read"));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        let rows = i64::try_from(rows).expect("there are fewer");
        let mut statement = self.statement(RANGE);
        let seen = |row: &Row<'_>| Ok(sum(row.get(2)?, row.get_ref(4)?.as_str()?));
        for &from in from {
            let found = statement.query_map(params![number(from), rows], seen);
            look(found.and_then(Iterator::sum::<rusqlite::Result<u64>>).expect("it is read"));
        }
    }
}

impl Ordered<User> for Sqlite {
    fn in_order(&self, look: See<'_, User>) {
        self.scan(look);
    }
}

impl Indexed<User> for Sqlite {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<User>>) {
        let mut statement = self.statement(BY_EMAIL);
        for email in emails {
            look(statement.query_row([email], user).optional().expect("it is read"));
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<User>>) {
        let mut statement = self.statement(BY_TEAM);
        for group in groups {
            let found = statement.query_map([group], user);
            look(found.and_then(Iterator::collect).expect("it is read"));
        }
    }
}

impl Transactional for Sqlite {
    fn set_ages(&mut self, ids: &[u64], age: u8) {
        let write = self.0.transaction().expect("a write begins");
        {
            let mut read = write.prepare_cached(GET).expect("the statement is valid");
            let mut statement = write.prepare_cached(UPDATE).expect("the statement is valid");
            for &id in ids {
                let user = get(&mut read, id).expect("it is there");
                put(&mut statement, &User { age, ..user });
            }
        }
        write.commit().expect("it is committed");
    }
}
