use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(validate = check)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn check(user: &User) -> bool {
    user.id > 0
}

fn main() {}
