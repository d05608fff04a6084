use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", merge = pick)]
struct User {
    #[netabase(key)]
    id: u64,
}

fn pick(ours: &User, _: &User) -> User {
    User { id: ours.id }
}

fn main() {}
