use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Town {
    #[netabase(key)]
    place: (String, u32),
}

fn look_up(towns: &MemoryStoreDatabase<Town>) -> Result<(), DatabaseError> {
    towns.prefix(&("IS",))?;
    Ok(())
}

fn main() {
    let _ = look_up;
}
