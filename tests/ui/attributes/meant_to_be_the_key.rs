use netabase::{DatabaseError, MemoryStoreDatabase, NetabaseSchema};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct User {
    #[netabase(id)]
    id: u64,
    #[netabase(index)]
    name: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Town {
    #[netabase(primary_key)]
    name: String,
}

// Nobody can know whether it was meant to be the key: nothing is said about that.
#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Post {
    #[netabase(autoincrement)]
    id: u64,
    #[netabase(unique)]
    title: String,
}

fn use_users(users: &MemoryStoreDatabase<User>, user: &User) -> Result<(), DatabaseError> {
    users.put(user)?;
    users.get(&7)?;
    users.contains(&UserKey::new(7))?;
    users.get_with(&UserKey(7), |user: UserRef<'_>| user.name.len())?;
    users.range(7..=9)?;
    users.index(User::NAME).get("Ada")?;
    users.remove(&7)?;
    Ok(())
}

fn use_posts(posts: &MemoryStoreDatabase<Post>, post: &Post) -> Result<(), DatabaseError> {
    posts.put(post)?;
    posts.get(&7)?;
    posts.contains(&PostKey::new(7))?;
    posts.get_with(&PostKey::from(7), |post: PostRef<'_>| post.title.len())?;
    posts.range(7..=9)?;
    posts.remove(&post.key())?;
    Ok(())
}

fn main() {
    let _ = (use_users, use_posts);
}
