use std::{mem::take, sync::LazyLock};

use native_db::{Builder, Database, Models, ToKey, native_db, transaction::RTransaction};
use native_model::{Model, native_model};
use serde::{Deserialize, Serialize};

use super::{
    feed::Feed,
    peer::{Counted, Indexed, Look, Next, Ordered, Peer, See, Shared, Transactional, has},
    user::stored,
};

static MODELS: LazyLock<Models> = LazyLock::new(|| {
    let mut models = Models::new();
    models.define::<Row>().expect("the model is valid");
    models
});

/// A user, found by email and group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[native_model(id = 1, version = 1)]
#[native_db]
pub(crate) struct Row {
    #[primary_key]
    id: u64,
    #[secondary_key(unique)]
    email: String,
    age: u8,
    #[secondary_key]
    group: u32,
    bio: String,
}

stored!(Row, from);

/// `native_db` in memory, with its own two indexes.
pub(crate) struct Native(Database<'static>);

impl Native {
    fn read(&self) -> RTransaction<'_> {
        self.0.r_transaction().expect("a read begins")
    }

    fn insert(&self, user: Row) {
        let write = self.0.rw_transaction().expect("a write begins");
        write.insert(user).expect("it is new");
        write.commit().expect("it is committed");
    }
}

impl Peer for Native {
    type User = Row;

    const NAME: &'static str = "native_db";
    const INDEXED: bool = true;

    fn new() -> Self {
        Self(Builder::new().create_in_memory(&MODELS).expect("it is made"))
    }

    /// One transaction.
    fn load(&mut self, feed: &mut Feed<'_, Row>) {
        let write = self.0.rw_transaction().expect("a write begins");
        while let Some(users) = feed.portion() {
            for user in users {
                write.insert(take(user)).expect("it is new");
            }
        }
        write.commit().expect("it is committed");
    }

    fn put_each(&mut self, users: &mut [Row]) {
        for user in users {
            self.insert(take(user));
        }
    }

    fn overwrite_each(&mut self, users: &mut [Row]) {
        for user in users {
            self.overwrite(take(user));
        }
    }

    /// It wants the value as it is.
    fn remove_each(&mut self, ids: &[u64]) {
        for &id in ids {
            let write = self.0.rw_transaction().expect("a write begins");
            let user: Option<Row> = write.get().primary(id).expect("it is read");
            write.remove(user.expect("it is there")).expect("it is the same");
            write.commit().expect("it is committed");
        }
    }

    fn get(&self, id: u64) -> Option<Row> {
        self.read().get().primary(id).expect("it is read")
    }

    fn get_chain(&self, first: u64, next: Next<'_, Row>) {
        let read = self.read();
        let mut id = Some(first);
        while let Some(wanted) = id {
            id = next(read.get().primary(wanted).expect("it is read"));
        }
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<Row>>) {
        let read = self.read();
        let users = read.scan().primary().expect("it is read");
        for &from in from {
            let found = users.range(from..).expect("it is read").take(rows);
            look(found.map(|user| user.expect("what was stored decodes")).collect());
        }
    }

    fn scan(&self, look: See<'_, Row>) {
        let read = self.read();
        let users = read.scan().primary().expect("it is read");
        for user in users.all().expect("it is read") {
            look(&user.expect("what was stored decodes"));
        }
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<Row>)) {
        work(self);
    }

    fn is_alone(&self) -> bool {
        true
    }

    has!(ordered, indexed, counted, transactional);
}

impl Ordered<Row> for Native {
    fn in_order(&self, look: See<'_, Row>) {
        self.scan(look);
    }
}

impl Indexed<Row> for Native {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<Row>>) {
        let read = self.read();
        for email in emails {
            look(read.get().secondary(RowKey::email, email.as_str()).expect("it is read"));
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<Row>>) {
        let read = self.read();
        let users = read.scan().secondary(RowKey::group).expect("it is read");
        for &group in groups {
            let found = users.range(group..=group).expect("it is read");
            look(found.map(|user| user.expect("what was stored decodes")).collect());
        }
    }
}

impl Counted for Native {
    fn count(&self) -> usize {
        let count = self.read().len().primary::<Row>().expect("it is read");
        usize::try_from(count).expect("they are in memory")
    }
}

impl Transactional for Native {
    fn set_ages(&mut self, ids: &[u64], age: u8) {
        let write = self.0.rw_transaction().expect("a write begins");
        for &id in ids {
            let old: Option<Row> = write.get().primary(id).expect("it is read");
            let old = old.expect("it is there");
            let new = Row { age, ..old.clone() };
            write.update(old, new).expect("it is the same");
        }
        write.commit().expect("it is committed");
    }
}

impl Shared<Row> for Native {
    fn get(&self, id: u64) -> Option<Row> {
        Peer::get(self, id)
    }

    fn overwrite(&self, user: Row) {
        let write = self.0.rw_transaction().expect("a write begins");
        write.upsert(user).expect("it is written");
        write.commit().expect("it is committed");
    }
}
