use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

struct UserKey;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
}

fn main() {
    let _ = UserKey;
}
