use std::{
    collections::{BTreeSet, HashMap},
    sync::RwLock,
};

use libp2p::kad::store::{MemoryStore, RecordStore};
use netabase_benches::by_hand::{decode, key, store};

use super::{
    by_hand::{record, seen},
    feed::Feed,
    peer::{Counted, Indexed, Lending, Look, Ordered, Peer, See, Shared, has},
    user::User,
};

/// A `MemoryStore` with what it lacks beside it: the order of the ids, and two indexes.
pub(crate) struct ByHandIndexed {
    records: MemoryStore,
    ids: BTreeSet<u64>,
    emails: HashMap<String, u64>,
    groups: HashMap<u32, BTreeSet<u64>>,
}

impl ByHandIndexed {
    fn put(&mut self, user: &User) {
        let id = user.id;
        if let Some(old) = self.user(id) {
            if old.email != user.email {
                self.emails.remove(&old.email);
            }
            if old.group != user.group {
                self.leave(old.group, id);
            }
        }
        let holder = self.emails.insert(user.email.clone(), id);
        assert!(holder.is_none_or(|holder| holder == id), "an email is that of one user");
        self.groups.entry(user.group).or_default().insert(id);
        self.ids.insert(id);
        self.records.put(record(user)).expect("there is room");
    }

    fn leave(&mut self, group: u32, id: u64) {
        if let Some(members) = self.groups.get_mut(&group) {
            members.remove(&id);
            if members.is_empty() {
                self.groups.remove(&group);
            }
        }
    }

    fn user(&self, id: u64) -> Option<User> {
        self.records.get(&key(id)).map(|record| decode(&record.value))
    }
}

impl Peer for ByHandIndexed {
    type User = User;

    const NAME: &'static str = "MemoryStore+index";
    const INDEXED: bool = true;

    fn new() -> Self {
        let (ids, emails, groups) = Default::default();
        Self { records: store(), ids, emails, groups }
    }

    fn load(&mut self, feed: &mut Feed<'_, User>) {
        while let Some(users) = feed.portion() {
            self.put_each(users);
        }
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            self.put(user);
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for &id in ids {
            let Some(user) = self.user(id) else { continue };
            self.emails.remove(&user.email);
            self.leave(user.group, id);
            self.ids.remove(&id);
            self.records.remove(&key(id));
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        self.user(id)
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        for &from in from {
            let ids = self.ids.range(from..).take(rows);
            look(ids.filter_map(|&id| self.user(id)).collect());
        }
    }

    fn scan(&self, look: See<'_, User>) {
        for record in self.records.records() {
            look(&decode(&record.value));
        }
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(&RwLock::new(self));
    }

    has!(lending, ordered, indexed, counted);
}

impl Lending for ByHandIndexed {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        for &id in ids {
            look(self.records.get(&key(id)).map(|record| seen(&record.value).age));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        for &from in from {
            let ids = self.ids.range(from..).take(rows);
            let records = ids.filter_map(|&id| self.records.get(&key(id)));
            look(records.map(|record| seen(&record.value).sum()).sum());
        }
    }
}

impl Ordered<User> for ByHandIndexed {
    fn in_order(&self, look: See<'_, User>) {
        for user in self.ids.iter().filter_map(|&id| self.user(id)) {
            look(&user);
        }
    }
}

impl Indexed<User> for ByHandIndexed {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<User>>) {
        for email in emails {
            look(self.emails.get(email).and_then(|&id| self.user(id)));
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<User>>) {
        for group in groups {
            let ids = self.groups.get(group).into_iter().flatten();
            look(ids.filter_map(|&id| self.user(id)).collect());
        }
    }
}

impl Counted for ByHandIndexed {
    fn count(&self) -> usize {
        self.ids.len()
    }
}
