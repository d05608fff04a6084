use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned")]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

fn main() {
    let user = User { id: 7, name: String::new() };
    let _ = netabase::libp2p::kad::Record::try_from(&user);
}
