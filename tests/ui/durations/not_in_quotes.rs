use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = 48)]
struct NoUnit {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = 48h)]
struct Suffix {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = 5 minutes)]
struct Words {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = Duration::from_hours(48))]
struct Call {
    #[netabase(key)]
    id: u64,
}

fn main() {}
