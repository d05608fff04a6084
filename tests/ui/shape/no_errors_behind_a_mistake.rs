use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    id: u64,
    #[netabase(index)]
    name: String,
}

fn is_schema<V: NetabaseSchema>() {}

fn key(user: &User) -> UserKey {
    user.key()
}

fn view(user: UserRef<'_>) -> &str {
    user.name
}

fn use_users(users: &MemoryStoreDatabase<User>, user: &User) -> Result<(), DatabaseError> {
    users.put(user)?;
    users.get(&7)?;
    users.contains("Ada")?;
    users.get_with(&(7, "Ada"), |user| user.name.len())?;
    users.range(7..=9)?;
    users.prefix("A")?;
    users.index(User::NAME).get("Ada")?;
    users.remove(&UserKey::from("Ada"))?;
    Ok(())
}

fn main() {
    is_schema::<User>();
    let _ = (UserKey::new(7), key, view, use_users);
}
