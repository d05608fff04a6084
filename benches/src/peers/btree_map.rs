use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem::take,
    sync::RwLock,
};

use super::{
    feed::Feed,
    peer::{Counted, Indexed, Lending, Look, Ordered, Peer, See, Shared, has},
    user::{User, sum},
};

/// A `BTreeMap` of plain structs and two indexes: what is left when nothing is encoded.
#[derive(Default)]
pub(crate) struct Sorted {
    users: BTreeMap<u64, User>,
    emails: HashMap<String, u64>,
    groups: BTreeSet<(u32, u64)>,
}

impl Sorted {
    fn put(&mut self, user: User) {
        let (id, group) = (user.id, user.group);
        if let Some(old) = self.users.get(&id) {
            if old.email != user.email {
                self.emails.remove(&old.email);
            }
            if old.group != group {
                self.groups.remove(&(old.group, id));
            }
        }
        let holder = self.emails.insert(user.email.clone(), id);
        assert!(holder.is_none_or(|holder| holder == id), "an email is that of one user");
        self.groups.insert((group, id));
        self.users.insert(id, user);
    }
}

impl Peer for Sorted {
    type User = User;

    const NAME: &'static str = "BTreeMap";
    const INDEXED: bool = true;

    fn new() -> Self {
        Self::default()
    }

    fn load(&mut self, feed: &mut Feed<'_, User>) {
        while let Some(users) = feed.portion() {
            self.put_each(users);
        }
    }

    fn put_each(&mut self, users: &mut [User]) {
        for user in users {
            self.put(take(user));
        }
    }

    fn remove_each(&mut self, ids: &[u64]) {
        for id in ids {
            if let Some(user) = self.users.remove(id) {
                self.emails.remove(&user.email);
                self.groups.remove(&(user.group, user.id));
            }
        }
    }

    fn get(&self, id: u64) -> Option<User> {
        self.users.get(&id).cloned()
    }

    fn ranges(&self, from: &[u64], rows: usize, look: Look<'_, Vec<User>>) {
        for &from in from {
            look(self.users.range(from..).take(rows).map(|(_, user)| user.clone()).collect());
        }
    }

    fn scan(&self, look: See<'_, User>) {
        self.users.values().for_each(look);
    }

    fn share(&mut self, work: &mut dyn FnMut(&dyn Shared<User>)) {
        work(&RwLock::new(self));
    }

    has!(lending, ordered, indexed, counted);
}

impl Lending for Sorted {
    fn ages(&self, ids: &[u64], look: Look<'_, Option<u8>>) {
        for id in ids {
            look(self.users.get(id).map(|user| user.age));
        }
    }

    fn range_sums(&self, from: &[u64], rows: usize, look: Look<'_, u64>) {
        for &from in from {
            let users = self.users.range(from..).take(rows);
            look(users.map(|(_, user)| sum(user.age, &user.bio)).sum());
        }
    }
}

impl Ordered<User> for Sorted {
    fn in_order(&self, look: See<'_, User>) {
        self.users.values().for_each(look);
    }
}

impl Indexed<User> for Sorted {
    fn by_email(&self, emails: &[String], look: Look<'_, Option<User>>) {
        for email in emails {
            look(self.emails.get(email).and_then(|id| self.users.get(id)).cloned());
        }
    }

    fn by_group(&self, groups: &[u32], look: Look<'_, Vec<User>>) {
        for &group in groups {
            let ids = self.groups.range((group, 0)..=(group, u64::MAX));
            look(ids.filter_map(|(_, id)| self.users.get(id).cloned()).collect());
        }
    }
}

impl Counted for Sorted {
    fn count(&self) -> usize {
        self.users.len()
    }
}
