use netabase::{MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn look_up(users: &MemoryStoreDatabase<User>) {
    let _ = users.get_with(&7, |user| user.name);
}

fn keep(users: &MemoryStoreDatabase<User>) {
    let mut kept = None;
    let _ = users.get_with(&7, |user| kept = Some(user.name));
    drop(kept);
}

fn main() {}
