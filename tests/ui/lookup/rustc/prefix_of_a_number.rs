use netabase::{MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
}

fn look_up(users: &MemoryStoreDatabase<User>) {
    let _ = users.prefix(&7_u64);
}

fn main() {}
