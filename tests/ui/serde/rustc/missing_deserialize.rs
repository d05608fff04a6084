use netabase::NetabaseSchema;
use serde::Serialize;

#[derive(Serialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
