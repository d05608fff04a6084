use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[key]
    id: u64,
    name: String,
}

// Nothing is missing behind it.
fn look_up(users: &MemoryStoreDatabase<User>) -> Result<(), DatabaseError> {
    users.get(&UserKey(7))?;
    Ok(())
}

fn main() {
    let _ = look_up;
}
