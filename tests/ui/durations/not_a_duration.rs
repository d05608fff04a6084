use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "5 minits")]
struct Misspelt {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "48")]
struct NoUnit {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "h")]
struct NoNumber {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "")]
struct Empty {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "5 fortnights")]
struct Unknown {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "1.5h")]
struct Fraction {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "-1h")]
struct Negative {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "99999999999999999999h")]
struct TooLong {
    #[netabase(key)]
    id: u64,
}

fn main() {}
