use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(validate = check)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

struct Reason;

fn check(_: &User) -> Result<(), Reason> {
    Err(Reason)
}

fn main() {}
