use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(idd, zzz))]
struct User {
    id: u64,
    name: String,
}

fn main() {}
