use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User<T> {
    #[netabase(key)]
    id: u64,
    extra: T,
}

fn main() {}
