use netabase::{MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Post {
    #[netabase(key)]
    id: u64,
}

fn look_up(users: &MemoryStoreDatabase<User>) {
    let _ = users.get(&PostKey(7));
}

fn main() {}
