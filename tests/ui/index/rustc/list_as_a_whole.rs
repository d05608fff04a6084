use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Photo {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    tags: Vec<String>,
}

fn look_up(photos: &MemoryStoreDatabase<Photo>) -> Result<(), DatabaseError> {
    photos.index(Photo::TAGS).get("bikes")?;
    Ok(())
}

fn main() {
    let _ = look_up;
}
