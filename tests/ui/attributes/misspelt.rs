use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(nam = "user")]
struct User {
    #[netabase(kye)]
    id: u64,
    #[netabase(idex)]
    name: String,
}

fn main() {}
