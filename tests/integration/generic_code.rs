//! Code that is generic over the place of its records.

use netabase::{DatabaseError, NetabaseDatabase, NetabaseDatabaseExt, NetabaseSchema};

use crate::schemas::{User, UserKey, fresh, user};

async fn move_names<D: NetabaseDatabase<User>>(users: D) -> Result<usize, D::Error> {
    users.put(&user(1)).await?;
    let stored = users.put_each(&[user(2), user(3)]).await;
    assert!(stored.iter().all(Result::is_ok));
    let mut moved = 0;
    for found in users.get_each(&[UserKey(1), UserKey(2), UserKey(9)]).await {
        if let Some(mut user) = found? {
            user.name.push_str(", moved");
            users.put(&user).await?;
            moved += 1;
        }
    }
    let record = users.get_record(&1).await?.expect("it was stored");
    users.put_record(&record).await?;
    assert!(users.contains(&3).await? && users.remove(&3).await? && !users.contains(&3).await?);
    let removed = users.remove_each(&[UserKey(2), UserKey(3)]).await;
    assert!(matches!(removed[..], [Ok(true), Ok(false)]));
    Ok(moved)
}

async fn count_and_clear<D: NetabaseDatabaseExt<User>>(
    users: D,
) -> Result<(usize, usize), D::Error> {
    let walked = users.iter().count() + users.range(5..)?.count() + users.scan().count();
    let len = users.len().await?;
    assert_eq!(users.clear().await?, len);
    assert!(users.is_empty().await?);
    Ok((walked, len))
}

/// Generic over the schema, too: nothing but the traits is needed.
async fn copy_all<V, From, To>(from: From, to: To) -> Result<usize, To::Error>
where
    V: NetabaseSchema,
    From: NetabaseDatabaseExt<V>,
    To: NetabaseDatabase<V, Error = DatabaseError>,
{
    let mut copied = 0;
    for key in from.iter().keys() {
        if let Some(value) = from.get(&key?).await? {
            to.put(&value).await?;
            copied += 1;
        }
    }
    Ok(copied)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_generic_over_the_schema_runs_on_a_spawned_task()
-> Result<(), Box<dyn std::error::Error>> {
    let (from, to) = (fresh::<User>(), fresh::<User>());
    from.load((0..10).map(user))?;
    let copied = tokio::spawn(copy_all(from, to.clone())).await??;
    assert_eq!((copied, to.len()), (10, 10));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generic_code_runs_on_a_spawned_task() -> Result<(), Box<dyn std::error::Error>> {
    let users = fresh::<User>();
    let moved = tokio::spawn(move_names(users.clone())).await??;
    assert_eq!(moved, 2);
    assert_eq!(users.get(&1)?.map(|user| user.name), Some("user 1, moved".into()));

    users.load((2..10).map(user))?;
    let counted = tokio::spawn(count_and_clear(users)).await??;
    assert_eq!(counted, (9 + 5 + 9, 9));
    Ok::<(), Box<dyn std::error::Error>>(())
}

#[test]
fn errors_of_databases_can_be_compared_and_sent() {
    fn is<T: Clone + PartialEq + std::error::Error + Send + Sync + 'static>() {}
    is::<DatabaseError>();
}
