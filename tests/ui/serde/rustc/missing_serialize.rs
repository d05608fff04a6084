use netabase::NetabaseSchema;
use serde::Deserialize;

#[derive(Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {}
