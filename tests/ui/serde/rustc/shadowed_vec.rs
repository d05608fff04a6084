use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

mod list {
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Serialize, Deserialize)]
    pub struct Vec<T>(pub T);
}

use list::Vec;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    picture: Vec<u8>,
    #[netabase(owned)]
    fine: Vec<String>,
}

fn main() {}
