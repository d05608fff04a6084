use netabase_benches::by_hand::{decode, encode};
use sled::{
    Batch, Config, Db, IVec, Transactional as _, Tree,
    transaction::{TransactionalTree, UnabortableTransactionError},
};

use super::{
    by_hand::seen,
    feed::Feed,
    keys::{group_key, member, user_key},
    peer::{Indexed, Lending, Look, Ordered, Peer, See, Shared, Transactional, has},
    user::User,
};

/// sled in a directory that is gone with it, with a tree for each index.
pub(crate) struct Sled {
    _database: Db,
    users: Tree,
    emails: Tree,
    groups: Tree,
}

type Written = Result<(), UnabortableTransactionError>;

/// The trees of a transaction.
struct Trees<'a> {
    users: &'a TransactionalTree,
    emails: &'a TransactionalTree,
    groups: &'a TransactionalTree,
}

impl Trees<'_> {
    fn put(&self, user: &User) -> Written {
        let key = user_key(user.id);
        let old = self.users.insert(&key, encode(user))?.map(|old| decode::<User>(&old));
        let same = |old: &User| (&old.email, old.group) == (&user.email, user.group);
        match old {
            Some(old) if same(&old) => return Ok(()),
            Some(old) => self.unlist(&old)?,
            None => {}
        }
        let holder = self.emails.insert(user.email.as_bytes(), &key)?;
        assert!(holder.is_none(), "an email is that of one user");
        self.groups.insert(&group_key(user.group, user.id), &[])?;
        Ok(())
    }

    fn remove(&self, id: u64) -> Written {
        let old = self.users.remove(&user_key(id))?;
        old.map_or(Ok(()), |old| self.unlist(&decode(&old)))
    }

    fn unlist(&self, old: &User) -> Written {
        self.emails.remove(old.email.as_bytes())?;
        self.groups.remove(&group_key(old.group, old.id))?;
        Ok(())
    }
}

impl Sled {
    fn write(&self, work: impl Fn(&Trees<'_>) -> Written) {
        let trees = (&self.users, &self.emails, &self.groups);
        let done = trees.transaction(|(users, emails, groups)| {
            work(&Trees { users, emails, groups })?;
            Ok::<_, sled::transaction::ConflictableTransactionError<()>>(())
        });
        done.expect("it is committed");
    }

    fn range(&self, from: u64) -> impl Iterator<Item = IVec> {
        let found = self.users.range(user_key(from)..);
        found.map(|row| row.expect("it is read").1)
    }

    fn find(&self, id: impl AsRef<[u8]>) -> Option<IVec> {
        self.users.get(id).expect("it is read")
    }
}

impl Peer for Sled {
    type User = User;

    const NAME: &'static str = "sled";
    const INDEXED: bool = true;

    fn new() -> Self {
        let database = Config::new().temporary(true).open().expect("it opens");
        let tree = |name| database.open_tree(name).expect("it opens");
        let (users, emails, groups) = (tree("users"), tree("emails"), tree("groups"));
        Self { _database: database, users, emails, groups }
    }

    /// A batch has one tree.
    fn load(&mut self, feed: &mut Feed<'_, User>) {
        while let Some(portion) = feed.portion() {
            let (mut users, mut emails, mut groups) =
                (Batch::default(), Batch::default(), Batch::default());
            for user in portion {
                let key = user_key(user.id);
                users.insert(&key, encode(user));
                emails.insert(user.email.as_bytes(), &key);
                groups.insert(&group_key(user.group, user.id), &[]);
            }
            self.users.apply_batch(users).expect("it is written");
            self.emails.apply_batch(emails).expect("it is written");
            self.groups.apply_batch(groups).expect("it is written");
        }
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            self.write(|trees| trees.put(user));
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for &id in ids {
            self.write(|trees| trees.remove(id));
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

impl Lending for Sled {
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

impl Ordered<User> for Sled {
    fn in_order(&self, look: See<'_, User>) {
        self.scan(look);
    }
}

impl Indexed<User> for Sled {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<User>>) {
        for email in emails {
            let id = self.emails.get(email).expect("it is read");
            look(id.and_then(|id| self.find(id)).map(|value| decode(&value)));
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<User>>) {
        for group in groups {
            let keys = self.groups.scan_prefix(group.to_be_bytes()).keys();
            let values = keys.filter_map(|key| self.find(member(&key.expect("it is read"))));
            look(values.map(|value| decode(&value)).collect());
        }
    }
}

impl Transactional for Sled {
    fn set_ages(&mut self, ids: &[u64], age: u8) {
        self.write(|trees| {
            for &id in ids {
                let user: User = decode(&trees.users.get(user_key(id))?.expect("it is there"));
                trees.put(&User { age, ..user })?;
            }
            Ok(())
        });
    }
}

impl Shared<User> for Sled {
    fn get(&self, id: u64) -> Option<User> {
        Peer::get(self, id)
    }

    fn overwrite(&self, user: User) {
        self.write(|trees| trees.put(&user));
    }
}
