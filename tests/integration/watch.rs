//! Watchers are told of every change that databases show, in order.

use std::{
    error::Error,
    future::Future,
    sync::Arc,
    task::{Context, Wake, Waker},
};

use futures::{FutureExt, StreamExt};
use libp2p::kad::store::RecordStore;
use netabase::{
    Change, ChangeOrigin, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, Watch, WatchError,
};

use crate::schemas::{Note, User, fresh, note, user};

/// The changes that are there already.
pub(crate) fn ready<V: NetabaseSchema>(
    watch: &mut Watch<V>,
) -> Result<Vec<Change<V::Key, V>>, WatchError> {
    // Without the budget that makes a task of tokio yield once in a while.
    std::iter::from_fn(|| tokio::task::unconstrained(watch.next()).now_or_never().flatten())
        .collect()
}

#[tokio::test]
async fn puts_and_removals_arrive_with_old_and_new() -> Result<(), Box<dyn Error>> {
    let users = fresh::<User>();
    users.put(&user(1))?;
    let mut watch = users.watch();
    let ada = User { id: 1, name: "Ada".into() };
    users.put(&ada)?;
    users.put(&user(2))?;
    users.remove(&1)?;
    users.remove(&9)?;

    let changes = ready(&mut watch)?;

    let seen: Vec<_> = changes
        .iter()
        .map(|change| (change.key.0, change.old.clone(), change.new.clone()))
        .collect();
    let expected =
        [(1, Some(user(1)), Some(ada.clone())), (2, None, Some(user(2))), (1, Some(ada), None)];
    assert_eq!(seen, expected);
    assert!(changes.iter().all(|change| change.origin == ChangeOrigin::Local));
    assert!(changes.is_sorted_by(|a, b| a.commit < b.commit));
    Ok(())
}

#[tokio::test]
async fn a_waiting_watcher_is_woken() -> Result<(), Box<dyn Error>> {
    let users = fresh::<User>();
    let watch = users.watch();
    let waiting = tokio::spawn(async move { watch.into_stream().boxed().next().await });
    tokio::task::yield_now().await;
    users.put(&user(1))?;
    let change = waiting.await?.ok_or("the store is there")??;
    assert_eq!(change.new, Some(user(1)));
    Ok(())
}

#[tokio::test]
async fn a_key_or_a_prefix_can_be_watched() -> Result<(), Box<dyn Error>> {
    let notes = fresh::<Note>();
    let (mut key, mut prefix) = (notes.watch_key("ab")?, notes.watch_prefix("a")?);
    for title in ["a", "ab", "abc", "b"] {
        notes.put(&note(title, ""))?;
    }
    let titles = |changes: Vec<Change<_, Note>>| -> Vec<String> {
        changes.into_iter().filter_map(|change| Some(change.new?.title)).collect()
    };
    assert_eq!(titles(ready(&mut key)?), ["ab"]);
    assert_eq!(titles(ready(&mut prefix)?), ["a", "ab", "abc"]);
    Ok(())
}

#[tokio::test]
async fn changes_of_one_transaction_arrive_together_in_all_schemas() -> Result<(), Box<dyn Error>> {
    let store = NetabaseStore::new();
    let (users, notes) = (store.database::<User>()?, store.database::<Note>()?);
    let (mut of_users, mut of_notes) = (users.watch(), notes.watch());
    store.transaction(|tx| {
        tx.put(&users, &user(2))?;
        tx.put(&notes, &note("hi", ""))?;
        tx.put(&users, &user(1))
    })?;
    users.put_batch(&[user(3), user(4)])?;

    let changes = ready(&mut of_users)?;
    let note_changes = ready(&mut of_notes)?;

    let seen: Vec<_> = changes.iter().map(|change| (change.key.0, change.commit)).collect();
    assert_eq!(seen, [(2, 1), (1, 1), (3, 2), (4, 2)]);
    assert_eq!(note_changes[0].commit, 1);
    Ok(())
}

#[tokio::test]
async fn records_from_elsewhere_are_remote_and_hidden_ones_are_no_change()
-> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    let mut watch = notes.watch();
    let author = NetabaseStore::new().database::<Note>()?;
    let record = author.to_record(&note("hi", "there"))?;

    RecordStore::put(&mut store, record.clone())?;
    assert_eq!(ready(&mut watch)?, [], "databases do not show it");
    notes.put_record(&record)?;
    notes.put_record(&record)?;
    RecordStore::remove(&mut store, &record.key);

    let changes = ready(&mut watch)?;
    assert_eq!(changes.len(), 1, "neither an equal record nor what only peers see is a change");
    assert_eq!(changes[0].origin, ChangeOrigin::Remote);
    assert_eq!((&changes[0].old, &changes[0].new), (&None, &Some(note("hi", "there"))));
    Ok(())
}

#[tokio::test]
async fn a_slow_watcher_is_told_how_many_it_missed_and_goes_on() -> Result<(), Box<dyn Error>> {
    let users = fresh::<User>();
    let mut watch = users.watch();
    for id in 0..1_500 {
        users.put(&user(id))?;
    }
    assert_eq!(watch.next().await, Some(Err(WatchError::Missed { commits: 476 })));
    let rest = ready(&mut watch)?;
    assert_eq!(rest.len(), 1_024);
    assert_eq!(rest[0].new, Some(user(476)), "it goes on with the oldest that is left");
    Ok(())
}

/// Waking a watcher runs code of the user: here code that calls the store.
#[test]
fn a_waker_may_call_the_store() -> Result<(), Box<dyn Error>> {
    struct CallsTheStore(MemoryStoreDatabase<User>);

    impl Wake for CallsTheStore {
        fn wake(self: Arc<Self>) {
            let id = 100 + self.0.len() as u64;
            // Deeper than that it would only call itself.
            if id < 103 {
                self.0.put(&user(id)).expect("there is room");
            }
        }
    }

    let users = fresh::<User>();
    let mut watch = users.watch();
    let waker = Waker::from(Arc::new(CallsTheStore(users.clone())));
    let mut waiting = Box::pin(watch.next());
    assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    users.put(&user(1))?;
    drop(waiting);

    let seen: Vec<_> = ready(&mut watch)?.into_iter().map(|change| change.key.0).collect();
    assert_eq!(seen, [1, 101]);
    Ok(())
}

#[tokio::test]
async fn a_watcher_ends_with_its_store() -> Result<(), Box<dyn Error>> {
    let users = fresh::<User>();
    let mut watch = users.watch();
    users.put(&user(1))?;
    drop(users);
    assert!(watch.next().await.is_some());
    assert_eq!(watch.next().await, None);
    Ok(())
}
