use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseSchema};

#[derive(NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
}

// Nothing is missing behind them.
fn look_up(users: &MemoryStoreDatabase<User>) -> Result<(), DatabaseError> {
    users.get(&7)?;
    Ok(())
}

fn main() {
    let _ = look_up;
}
