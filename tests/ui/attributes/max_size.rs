use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", max_size = 32769)]
struct User {
    #[netabase(key)]
    id: u64,
}

// Nothing leaves this process: it may be as large as it likes.
#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(max_size = 1000000)]
struct Local {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", max_size = 110)]
struct Small {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(max_size = 99999999999999999999999)]
struct Large {
    #[netabase(key)]
    id: u64,
}

fn main() {}
