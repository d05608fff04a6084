use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(name: "user", version => 2, access == "open", ttl "48h")]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index(name: "by_name"))]
    name: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key[country, city])]
struct Town {
    country: String,
    city: String,
}

// Nothing is missing behind them.
fn main() {
    let _ = (User::BY_NAME, UserKey::new(7), TownKey::new("IS", "Reykjavik"));
}
