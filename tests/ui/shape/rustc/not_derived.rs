use netabase::NetabaseStore;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct User {
    id: u64,
}

fn main() {
    let _ = NetabaseStore::new().database::<User>();
}
