use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User<const N: usize> {
    #[netabase(key)]
    id: u64,
}

fn main() {}
