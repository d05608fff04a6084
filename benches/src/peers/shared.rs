use std::sync::{Mutex, RwLock};

use super::peer::{Peer, Shared};

/// Readers beside each other, and a writer alone.
impl<P: Peer + Send + Sync> Shared<P::User> for RwLock<&mut P> {
    fn get(&self, id: u64) -> Option<P::User> {
        self.read().expect("nobody panics").get(id)
    }

    fn overwrite(&self, user: P::User) {
        self.write().expect("nobody panics").overwrite_each(&mut [user]);
    }
}

/// One at a time.
impl<P: Peer + Send> Shared<P::User> for Mutex<&mut P> {
    fn get(&self, id: u64) -> Option<P::User> {
        self.lock().expect("nobody panics").get(id)
    }

    fn overwrite(&self, user: P::User) {
        self.lock().expect("nobody panics").overwrite_each(&mut [user]);
    }
}
