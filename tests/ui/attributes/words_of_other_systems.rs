use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(table = "users", expires = "48h", public)]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(unique_index)]
    name: String,
    #[netabase(index = "unique")]
    mail: String,
    #[netabase(index("by_city"))]
    city: String,
    #[netabase(index(unique = true))]
    phone: String,
    #[netabase(skip)]
    cached: String,
}

// Nothing is missing behind them.
fn main() {
    let _ = (User::NAME, User::MAIL);
}
