use std::sync::LazyLock;

use libp2p::{
    PeerId,
    kad::{Record, store::RecordStore},
};
use netabase::{Limits, MemoryStoreDatabase, NetabaseStore, Source};

use super::{
    feed::Feed,
    peer::{Look, Peer, Published, See, Shared, has},
    user::{Stored, User},
};

/// Who wrote what comes in.
static AUTHOR: LazyLock<MemoryStoreDatabase<User>> = LazyLock::new(users);

fn users() -> MemoryStoreDatabase<User> {
    let store = NetabaseStore::builder().limits(limits()).build();
    let store = store.expect("no name was given that could be wrong");
    store.database().expect("the schema is the only one")
}

/// With room for any number of records.
pub(crate) fn limits() -> Limits {
    Limits {
        max_records: 1 << 40,
        max_bytes: 1 << 50,
        max_foreign_records: 1 << 40,
        max_foreign_bytes: 1 << 50,
        max_claimed_publishers: 1 << 32,
        ..Limits::default()
    }
}

/// The publisher of a group's users.
pub(crate) fn publisher(group: u32) -> PeerId {
    // The multihash of an ed25519 key, which nobody looks at here.
    let mut bytes = [0; 38];
    bytes[..6].copy_from_slice(&[0x00, 0x24, 0x08, 0x01, 0x12, 0x20]);
    bytes[6..10].copy_from_slice(&group.to_be_bytes());
    PeerId::from_bytes(&bytes).expect("it is a multihash of a key")
}

/// A database of what other peers sent, each record with its publisher.
pub(crate) struct Foreign {
    users: MemoryStoreDatabase<User>,
    store: NetabaseStore,
}

/// A user as it comes in: as a record. One that is read has none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming {
    user: User,
    record: Option<Record>,
}

impl From<User> for Incoming {
    fn from(user: User) -> Self {
        let record = AUTHOR.to_record(&user).expect("users encode");
        let publisher = Some(publisher(user.group));
        // Off the wire a key has its exact size.
        let key = record.key.to_vec().into();
        Self { user, record: Some(Record { key, publisher, ..record }) }
    }
}

impl PartialEq for Incoming {
    fn eq(&self, other: &Self) -> bool {
        self.user == other.user
    }
}

impl Stored for Incoming {
    fn id(&self) -> u64 {
        self.user.id
    }

    fn age(&self) -> u8 {
        self.user.age
    }

    fn set_age(&mut self, age: u8) {
        self.user.age = age;
    }
}

fn read(user: User) -> Incoming {
    Incoming { user, record: None }
}

impl Foreign {
    fn put(&self, user: &Incoming) {
        let record = user.record.as_ref().expect("it comes in");
        self.store.put_from(record, Source::UNKNOWN).expect("it is valid, and newer");
    }
}

impl Peer for Foreign {
    type User = Incoming;

    const NAME: &'static str = "netabase+publisher";

    fn new() -> Self {
        let users = users().with_held();
        Self { store: users.store().clone(), users }
    }

    fn load(&mut self, feed: &mut Feed<'_, Incoming>) {
        while let Some(users) = feed.portion() {
            self.put_each(users);
        }
    }

    fn put_each(&mut self, users: &mut [Incoming]) {
        for user in users {
            self.put(user);
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for id in ids {
            self.store.remove(&self.users.record_key(id).expect("the key is valid"));
        }
    }

    fn get(&self, id: u64) -> Option<Incoming> {
        self.users.get(&id).expect("the key is valid").map(read)
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<Incoming>>) {
        for &from in from {
            let users = self.users.range(from..).expect("the key is valid").limit(rows);
            look(users.map(|user| read(user.expect("what was stored decodes"))).collect());
        }
    }

    fn scan(&self, look: See<'_, Incoming>) {
        for user in self.users.scan() {
            look(&read(user.expect("what was stored decodes")));
        }
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<Incoming>)) {
        work(self);
    }

    has!(published);
}

impl Published<Incoming> for Foreign {
    fn prepare(&mut self) {}

    fn of_publisher(&self, group: u32) -> Vec<Incoming> {
        let users = self.users.get_publisher_records(&publisher(group));
        users.map(|user| read(user.expect("what was stored decodes"))).collect()
    }
}

impl Shared<Incoming> for Foreign {
    fn get(&self, id: u64) -> Option<Incoming> {
        Peer::get(self, id)
    }

    fn overwrite(&self, user: Incoming) {
        self.put(&user);
    }
}
