use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    id: u64,
    name: String,
}

fn is_schema<V: NetabaseSchema>() {}

fn key(user: &User) -> UserKey {
    user.key()
}

fn view(_: UserRef<'_>) {}

fn main() {
    is_schema::<User>();
    let _ = (UserKey::new(7), key, view);
}
