//! `native_db`, with its own two indexes. Each of its commits is on disk when it returns.

use std::{path::Path, sync::LazyLock};

use native_db::{Builder, Database, Models};

use crate::durable::{
    peer::Peer,
    person::{Person, Row},
};

static MODELS: LazyLock<Models> = LazyLock::new(|| {
    let mut models = Models::new();
    models.define::<Row>().expect("the model is valid");
    models
});

pub(crate) struct Native(Database<'static>);

impl Native {
    fn write(&self, people: impl Iterator<Item = Person>) {
        let write = self.0.rw_transaction().expect("a write begins");
        for person in people {
            write.upsert(Row::from(person)).expect("it is written");
        }
        write.commit().expect("it is committed");
    }
}

impl Peer for Native {
    const NAME: &'static str = "native_db";

    fn open(directory: &Path) -> Self {
        let path = directory.join("people");
        Self(Builder::new().create(&MODELS, path).expect("it opens"))
    }

    /// It has no commit that does not wait.
    fn put_each(&self, people: impl Iterator<Item = Person>) {
        // What is relaxed elsewhere is a hundred to a commit here.
        let mut people = people.peekable();
        while people.peek().is_some() {
            self.write(people.by_ref().take(100));
        }
    }

    fn put_synced(&self, person: Person) {
        self.write(std::iter::once(person));
    }

    fn load(&self, people: impl Iterator<Item = Person>) {
        self.write(people);
    }

    fn remove(&self, ids: &[u64]) {
        let write = self.0.rw_transaction().expect("a write begins");
        for &id in ids {
            let row: Option<Row> = write.get().primary(id).expect("it is read");
            write.remove(row.expect("it is there")).expect("it is the same");
        }
        write.commit().expect("it is committed");
    }

    fn sync(&self) {}

    fn len(&self) -> usize {
        let read = self.0.r_transaction().expect("a read begins");
        let len = read.len().primary::<Row>().expect("it is read");
        usize::try_from(len).expect("they fit memory")
    }

    fn compact(mut self) -> bool {
        self.0.compact().expect("there is room")
    }
}
