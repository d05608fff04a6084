use std::sync::atomic::{AtomicU64, Ordering};

use bincode::config::standard;
use netabase_benches::by_hand::decode;
use redb::{
    Database, Durability, MultimapTable, MultimapTableDefinition, ReadableDatabase, ReadableTable,
    ReadableTableMetadata, Table, TableDefinition, WriteTransaction, backends::InMemoryBackend,
};

use super::{
    by_hand::seen,
    feed::Feed,
    peer::{Counted, Indexed, Lending, Look, Next, Ordered, Peer, See, Shared, Transactional, has},
    user::{Seen, User},
};

const USERS: TableDefinition<u64, &[u8]> = TableDefinition::new("users");
const EMAILS: TableDefinition<&str, u64> = TableDefinition::new("emails");
const GROUPS: MultimapTableDefinition<u32, u64> = MultimapTableDefinition::new("groups");

/// Of so many relaxed commits one is durable.
const DURABLE: u64 = 100;

/// redb in memory, with a table for each index.
///
/// Its commits are durable by default, which in memory means that they pay for what they cannot give. `RELAXED`
/// ones do not; but the pages that they leave are free only after a durable commit, so one comes now and then.
pub(crate) struct Redb<const RELAXED: bool> {
    database: Database,
    commits: AtomicU64,
}

/// The tables of a write.
struct Tables<'a> {
    users: Table<'a, u64, &'static [u8]>,
    emails: Table<'a, &'static str, u64>,
    groups: MultimapTable<'a, u32, u64>,
    /// Values are encoded into it.
    bytes: Vec<u8>,
}

impl<'a> Tables<'a> {
    fn open(write: &'a WriteTransaction) -> Self {
        Self {
            users: write.open_table(USERS).expect("it opens"),
            emails: write.open_table(EMAILS).expect("it opens"),
            groups: write.open_multimap_table(GROUPS).expect("it opens"),
            bytes: vec![0; 512],
        }
    }

    fn put(&mut self, user: &User) {
        let length = bincode::serde::encode_into_slice(user, &mut self.bytes, standard());
        let value = &self.bytes[..length.expect("users are smaller")];
        let old = self.users.insert(user.id, value).expect("it is written");
        let old = old.map(|old| decode::<User>(old.value()));
        let same = |old: &User| (&old.email, old.group) == (&user.email, user.group);
        match old {
            Some(old) if same(&old) => return,
            Some(old) => self.unlist(&old),
            None => {}
        }
        let holder = self.emails.insert(user.email.as_str(), user.id).expect("it is written");
        assert!(holder.is_none(), "an email is that of one user");
        self.groups.insert(user.group, user.id).expect("it is written");
    }

    fn remove(&mut self, id: u64) {
        let old = self.users.remove(id).expect("it is written");
        if let Some(old) = old.map(|old| decode::<User>(old.value())) {
            self.unlist(&old);
        }
    }

    fn unlist(&mut self, old: &User) {
        self.emails.remove(old.email.as_str()).expect("it is written");
        self.groups.remove(old.group, old.id).expect("it is written");
    }
}

impl<const RELAXED: bool> Redb<RELAXED> {
    fn write(&self, work: impl FnOnce(&mut Tables<'_>)) {
        let commits = self.commits.fetch_add(1, Ordering::Relaxed);
        let durability = if RELAXED && !commits.is_multiple_of(DURABLE) {
            Durability::None
        } else {
            Durability::Immediate
        };
        let mut write = self.database.begin_write().expect("a write begins");
        write.set_durability(durability).expect("there is no savepoint");
        work(&mut Tables::open(&write));
        write.commit().expect("it is committed");
    }

    fn range(
        &self,
        from: &[u64],
        rows: usize,
        mut show: impl FnMut(&mut dyn Iterator<Item = Row>),
    ) {
        let users = self.database.begin_read().expect("a read begins").open_table(USERS);
        let users = users.expect("it opens");
        for &from in from {
            let found = users.range(from..).expect("it is read").take(rows);
            show(&mut found.map(|row| Row(row.expect("it is read").1)));
        }
    }
}

/// A value where redb has it.
struct Row(redb::AccessGuard<'static, &'static [u8]>);

impl Row {
    fn user(&self) -> User {
        decode(self.0.value())
    }

    fn seen(&self) -> Seen<'_> {
        seen(self.0.value())
    }
}

impl<const RELAXED: bool> Peer for Redb<RELAXED> {
    type User = User;

    const NAME: &'static str = if RELAXED { "redb+relaxed" } else { "redb" };
    const INDEXED: bool = true;

    fn new() -> Self {
        let backend = InMemoryBackend::new();
        let database = Database::builder().create_with_backend(backend).expect("it is made");
        let database = Self { database, commits: AtomicU64::new(0) };
        // Readers do not find a table that nobody has opened to write.
        database.write(|_| {});
        database
    }

    /// One transaction.
    fn load(&mut self, feed: &mut Feed<'_, User>) {
        self.write(|tables| {
            while let Some(users) = feed.portion() {
                for user in users {
                    tables.put(user);
                }
            }
        });
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            self.write(|tables| tables.put(user));
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for &id in ids {
            self.write(|tables| tables.remove(id));
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        let users = self.database.begin_read().expect("a read begins").open_table(USERS);
        let found = users.expect("it opens").get(id).expect("it is read");
        found.map(|value| decode(value.value()))
    }

    fn get_chain(&self, first: u64, next: Next<'_, User>) {
        let users = self.database.begin_read().expect("a read begins").open_table(USERS);
        let users = users.expect("it opens");
        let mut id = Some(first);
        while let Some(wanted) = id {
            id = next(users.get(wanted).expect("it is read").map(|value| decode(value.value())));
        }
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        self.range(from, rows, |found| look(found.map(|row| row.user()).collect()));
    }

    fn scan(&self, look: See<'_, User>) {
        self.range(&[0], usize::MAX, |found| found.for_each(|row| look(&row.user())));
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(self);
    }

    fn is_alone(&self) -> bool {
        true
    }

    has!(lending, ordered, indexed, counted, transactional);
}

impl<const RELAXED: bool> Lending for Redb<RELAXED> {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        let users = self.database.begin_read().expect("a read begins").open_table(USERS);
        let users = users.expect("it opens");
        for &id in ids {
            look(users.get(id).expect("it is read").map(|value| seen(value.value()).age));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        self.range(from, rows, |found| look(found.map(|row| row.seen().sum()).sum()));
    }
}

impl<const RELAXED: bool> Ordered<User> for Redb<RELAXED> {
    fn in_order(&self, look: See<'_, User>) {
        self.scan(look);
    }
}

impl<const RELAXED: bool> Indexed<User> for Redb<RELAXED> {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<User>>) {
        let read = self.database.begin_read().expect("a read begins");
        let users = read.open_table(USERS).expect("it opens");
        let ids = read.open_table(EMAILS).expect("it opens");
        for email in emails {
            let id = ids.get(email.as_str()).expect("it is read");
            let value = id.and_then(|id| users.get(id.value()).expect("it is read"));
            look(value.map(|value| decode(value.value())));
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<User>>) {
        let read = self.database.begin_read().expect("a read begins");
        let users = read.open_table(USERS).expect("it opens");
        let ids = read.open_multimap_table(GROUPS).expect("it opens");
        for &group in groups {
            let ids = ids.get(group).expect("it is read");
            let values = ids
                .filter_map(|id| users.get(id.expect("it is read").value()).expect("it is read"));
            look(values.map(|value| decode(value.value())).collect());
        }
    }
}

impl<const RELAXED: bool> Counted for Redb<RELAXED> {
    fn count(&self) -> usize {
        let users = self.database.begin_read().expect("a read begins").open_table(USERS);
        let count = users.expect("it opens").len().expect("it is read");
        usize::try_from(count).expect("they are in memory")
    }
}

impl<const RELAXED: bool> Transactional for Redb<RELAXED> {
    fn set_ages(&mut self, ids: &[u64], age: u8) {
        self.write(|tables| {
            for &id in ids {
                let found = tables.users.get(id).expect("it is read").expect("it is there");
                let user = decode::<User>(found.value());
                drop(found);
                tables.put(&User { age, ..user });
            }
        });
    }
}

impl<const RELAXED: bool> Shared<User> for Redb<RELAXED> {
    fn get(&self, id: u64) -> Option<User> {
        Peer::get(self, id)
    }

    fn overwrite(&self, user: User) {
        self.write(|tables| tables.put(&user));
    }
}
