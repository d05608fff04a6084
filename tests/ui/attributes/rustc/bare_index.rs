use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    #[index]
    name: String,
    #[unique]
    mail: String,
}

fn main() {}
