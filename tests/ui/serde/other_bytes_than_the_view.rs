use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, NetabaseSchema)]
#[serde(into = "(u64, String)", from = "(u64, String)")]
struct User {
    #[netabase(key)]
    id: u64,
    name: String,
}

impl From<(u64, String)> for User {
    fn from((id, name): (u64, String)) -> Self {
        Self { id, name }
    }
}

impl From<User> for (u64, String) {
    fn from(user: User) -> Self {
        (user.id, user.name)
    }
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[serde(transparent)]
struct Transparent {
    #[netabase(key)]
    id: u64,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[serde(default)]
struct Defaults {
    #[netabase(key)]
    id: u64,
    #[serde(skip)]
    cached: String,
    name: String,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { id: 0, cached: "not the default of a String".to_owned(), name: String::new() }
    }
}

fn main() {}
