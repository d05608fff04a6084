use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Region(u64);

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(region, id, name))]
struct User {
    region: Region,
    id: u64,
    name: f32,
}

fn main() {}
