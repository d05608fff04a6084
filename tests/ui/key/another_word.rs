use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(primary_key = "id")]
struct User {
    id: u64,
    name: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key = "id")]
struct Post {
    id: u64,
    title: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(pk(country, city))]
struct Town {
    country: String,
    city: String,
}

// Nothing is missing behind them.
fn look_up(
    users: &MemoryStoreDatabase<User>,
    posts: &MemoryStoreDatabase<Post>,
    towns: &MemoryStoreDatabase<Town>,
) -> Result<(), DatabaseError> {
    users.get(&7)?;
    posts.get(&PostKey(7))?;
    towns.prefix(&("IS",))?;
    Ok(())
}

fn main() {
    let _ = look_up;
}
