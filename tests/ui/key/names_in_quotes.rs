use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(key("country", "city"))]
struct Town {
    country: String,
    city: String,
}

fn key() -> TownKey {
    TownKey::new("IS", "Reykjavik")
}

fn main() {
    key();
}
