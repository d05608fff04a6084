use std::slice::Chunks;

use super::{
    people::People,
    stopwatch::{Cost, Stopwatch},
    user::Stored,
};

/// So many users are made at a time.
const PORTION: usize = 1000;

/// Users to be stored, in portions. Making and dropping them is not counted.
pub(crate) struct Feed<'a, U> {
    people: &'a People,
    ids: Chunks<'a, u64>,
    age: u8,
    users: Vec<U>,
    watch: Stopwatch,
}

impl<'a, U: Stored> Feed<'a, U> {
    pub(crate) fn new(people: &'a People, ids: &'a [u64], age: u8) -> Self {
        let users = Vec::with_capacity(PORTION);
        Self { people, ids: ids.chunks(PORTION), age, users, watch: Stopwatch::default() }
    }

    /// The next users. A peer that keeps them as they are takes them.
    pub(crate) fn portion(&mut self) -> Option<&mut [U]> {
        self.watch.halt();
        self.users.clear();
        let ids = self.ids.next();
        let users = ids.into_iter().flatten().map(|&id| self.people.user(id, self.age));
        self.users.extend(users.map(U::from));
        // At the end, too: what was stored may have to be committed.
        self.watch.start();
        ids.map(|_| self.users.as_mut_slice())
    }

    /// What `work` takes with all of these users.
    pub(crate) fn cost_of(mut self, work: impl FnOnce(&mut Self)) -> Cost {
        self.watch.start();
        work(&mut self);
        self.watch.cost()
    }
}
