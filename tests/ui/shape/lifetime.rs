use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User<'a> {
    #[netabase(key)]
    id: u64,
    name: std::borrow::Cow<'a, str>,
}

fn main() {}
