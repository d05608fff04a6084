use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

mod text {
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Serialize, Deserialize)]
    pub struct String(pub u8);
}

use text::String;

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
    nicks: Vec<String>,
    #[netabase(owned)]
    fine: String,
}

fn main() {}
