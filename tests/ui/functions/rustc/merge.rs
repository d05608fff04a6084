use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = pick)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn pick(a: User, _: User) -> User {
    a
}

fn main() {}
