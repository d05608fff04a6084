use fjall::{
    Guard, KeyspaceCreateOptions, Readable, SingleWriterTxDatabase, SingleWriterTxKeyspace,
    SingleWriterWriteTx, Slice,
};
use netabase_benches::by_hand::{decode, encode};
use tempfile::TempDir;

use super::{
    by_hand::seen,
    feed::Feed,
    keys::{group_key, member, user_key},
    peer::{Indexed, Lending, Look, Ordered, Peer, See, Shared, Transactional, has},
    user::User,
};

/// fjall on disk, which is all there is, with a keyspace for each index.
pub(crate) struct Fjall {
    database: SingleWriterTxDatabase,
    users: SingleWriterTxKeyspace,
    emails: SingleWriterTxKeyspace,
    groups: SingleWriterTxKeyspace,
    /// Goes when the database is closed.
    _directory: TempDir,
}

impl Fjall {
    fn put(&self, write: &mut SingleWriterWriteTx<'_>, user: &User) {
        let key = user_key(user.id);
        let old = write.get(&self.users, key).expect("it is read");
        let old = old.map(|old| decode::<User>(&old));
        write.insert(&self.users, key, encode(user));
        let same = |old: &User| (&old.email, old.group) == (&user.email, user.group);
        match old {
            Some(old) if same(&old) => return,
            Some(old) => self.unlist(write, &old),
            None => {}
        }
        let is_taken = write.contains_key(&self.emails, &user.email).expect("it is read");
        assert!(!is_taken, "an email is that of one user");
        write.insert(&self.emails, user.email.as_str(), key);
        write.insert(&self.groups, group_key(user.group, user.id), []);
    }

    fn unlist(&self, write: &mut SingleWriterWriteTx<'_>, old: &User) {
        write.remove(&self.emails, old.email.as_str());
        write.remove(&self.groups, group_key(old.group, old.id));
    }

    fn write(&self, work: impl FnOnce(&mut SingleWriterWriteTx<'_>)) {
        let mut write = self.database.write_tx();
        work(&mut write);
        write.commit().expect("it is committed");
    }

    fn find(&self, id: impl AsRef<[u8]>) -> Option<Slice> {
        self.users.get(id).expect("it is read")
    }

    fn range(&self, from: u64) -> impl Iterator<Item = Slice> {
        let found = self.users.inner().range(user_key(from)..);
        found.map(|row| row.value().expect("it is read"))
    }
}

impl Peer for Fjall {
    type User = User;

    const NAME: &'static str = "fjall";
    const INDEXED: bool = true;

    fn new() -> Self {
        let directory = TempDir::new().expect("there is room");
        let database = SingleWriterTxDatabase::builder(&directory).open().expect("it opens");
        let keyspace = |name| {
            let options = KeyspaceCreateOptions::default;
            database.keyspace(name, options).expect("it opens")
        };
        let (users, emails, groups) = (keyspace("users"), keyspace("emails"), keyspace("groups"));
        Self { database, users, emails, groups, _directory: directory }
    }

    /// A transaction keeps what it writes in memory until it ends: one each thousand users.
    fn load(&mut self, feed: &mut Feed<'_, User>) {
        while let Some(users) = feed.portion() {
            self.write(|write| {
                for user in users {
                    self.put(write, user);
                }
            });
        }
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            self.write(|write| self.put(write, user));
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for &id in ids {
            self.write(|write| {
                if let Some(old) = write.take(&self.users, user_key(id)).expect("it is read") {
                    self.unlist(write, &decode(&old));
                }
            });
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        self.find(user_key(id)).map(|value| decode(&value))
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        for &from in from {
            look(self.range(from).take(rows).map(|value| decode(&value)).collect());
        }
    }

    fn scan(&self, look: See<'_, User>) {
        self.range(0).for_each(|value| look(&decode(&value)));
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(self);
    }

    /// Threads of its own take and give back memory, too.
    fn heap(&self, _counted: i64) -> Option<i64> {
        None
    }

    has!(lending, ordered, indexed, transactional);
}

impl Lending for Fjall {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        for &id in ids {
            look(self.find(user_key(id)).map(|value| seen(&value).age));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        for &from in from {
            look(self.range(from).take(rows).map(|value| seen(&value).sum()).sum());
        }
    }
}

impl Ordered<User> for Fjall {
    fn in_order(&self, look: See<'_, User>) {
        self.scan(look);
    }
}

impl Indexed<User> for Fjall {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<User>>) {
        for email in emails {
            let id = self.emails.get(email).expect("it is read");
            look(id.and_then(|id| self.find(id)).map(|value| decode(&value)));
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<User>>) {
        for group in groups {
            let keys = self.groups.inner().prefix(group.to_be_bytes()).map(Guard::key);
            let values = keys.filter_map(|key| self.find(member(&key.expect("it is read"))));
            look(values.map(|value| decode(&value)).collect());
        }
    }
}

impl Transactional for Fjall {
    fn set_ages(&mut self, ids: &[u64], age: u8) {
        self.write(|write| {
            for &id in ids {
                let found = write.get(&self.users, user_key(id)).expect("it is read");
                let user: User = decode(&found.expect("it is there"));
                self.put(write, &User { age, ..user });
            }
        });
    }
}

impl Shared<User> for Fjall {
    fn get(&self, id: u64) -> Option<User> {
        Peer::get(self, id)
    }

    fn overwrite(&self, user: User) {
        self.write(|write| self.put(write, &user));
    }
}
