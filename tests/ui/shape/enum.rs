use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
enum User {
    Admin { id: u64 },
    Guest,
}

fn main() {}
