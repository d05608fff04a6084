use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", merge = pick)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn pick(a: &User, _: &User) -> User {
    User { id: a.id, name: a.name.clone() }
}

fn main() {}
