//! What an index has no entry for, and collections of every kind as entries.

use std::{
    collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque},
    error::Error,
};

use netabase::{Entries, Index, MemoryStoreDatabase, NetabaseSchema, NetabaseStore};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, NetabaseSchema)]
#[netabase(index(name = "by_email", fields(email, id)))]
struct User {
    #[netabase(key)]
    id: u64,
    #[netabase(index(unique))]
    email: Option<String>,
    #[netabase(index)]
    age: Option<u8>,
    #[netabase(index(multi))]
    tags: Vec<String>,
}

fn user(id: u64, email: Option<&str>, tags: &[&str]) -> User {
    let tags = tags.iter().map(ToString::to_string).collect();
    User { id, email: email.map(str::to_owned), age: email.map(|_| 30), tags }
}

fn some_users() -> Result<MemoryStoreDatabase<User>, Box<dyn Error>> {
    let users = NetabaseStore::new().database()?;
    users.put(&user(1, Some("ada"), &["a"]))?;
    users.put(&user(2, None, &[]))?;
    users.put(&user(3, None, &["a", "b"]))?;
    users.put(&user(4, Some("bob"), &[]))?;
    Ok(users)
}

fn ids(entries: Entries<User>) -> Result<Vec<u64>, Box<dyn Error>> {
    entries.map(|user| Ok(user?.id)).collect()
}

#[test]
fn values_without_an_entry_are_found() -> Result<(), Box<dyn Error>> {
    let users = some_users()?;
    assert_eq!(ids(users.index(User::EMAIL).none())?, [2, 3]);
    assert_eq!(ids(users.index(User::AGE).none())?, [2, 3]);
    assert_eq!(ids(users.index(User::TAGS).none())?, [2, 4]);
    assert_eq!(ids(users.index(User::BY_EMAIL).none())?, [0; 0], "it holds `None`");
    assert_eq!(ids(users.index(User::BY_EMAIL).prefix((None::<String>,))?)?, [2, 3]);

    let filtered = users.index(User::EMAIL).none().filter(|user| !user.tags.is_empty());
    assert_eq!(ids(filtered)?, [3]);
    assert_eq!(ids(users.index(User::EMAIL).none().reversed().limit(1))?, [3]);
    assert_eq!(users.index(User::EMAIL).none().keys().next().transpose()?, Some(UserKey(2)));
    Ok(())
}

#[test]
fn they_follow_writes_and_cost_a_look_at_every_value() -> Result<(), Box<dyn Error>> {
    let users = some_users()?;
    users.update(&2, |user| user.email = Some("cleo".into()))?;
    users.update(&4, |user| user.email = None)?;

    let mut without = users.index(User::EMAIL).none();
    let found = without.by_ref().collect::<Result<Vec<_>, _>>()?;

    assert_eq!(found.iter().map(|user| user.id).collect::<Vec<_>>(), [3, 4]);
    let cost = without.explain();
    assert!(cost.is_full_scan() && cost.index().is_none(), "{cost}");
    assert_eq!((cost.looked_at(), cost.returned()), (4, 2));
    assert!(users.put(&user(5, None, &[])).is_ok(), "`None` is never in the way of a unique index");
    Ok(())
}

#[allow(clippy::linkedlist, reason = "others may have reasons for one")]
#[derive(Clone, Debug, Serialize, Deserialize, NetabaseSchema)]
struct Collections {
    #[netabase(key)]
    id: u8,
    #[netabase(index(multi))]
    vec: Vec<String>,
    #[netabase(index(multi))]
    deque: VecDeque<String>,
    #[netabase(index(multi))]
    list: LinkedList<String>,
    #[netabase(index(multi))]
    heap: BinaryHeap<String>,
    #[netabase(index(multi))]
    tree: BTreeSet<String>,
    #[netabase(index(multi))]
    #[serde(with = "netabase::with::sorted")]
    hash: HashSet<String>,
    #[netabase(index(multi))]
    boxed: Box<[String]>,
    #[netabase(index(multi))]
    array: [String; 2],
    #[netabase(index(multi))]
    maybe: Option<Vec<String>>,
}

#[test]
fn each_element_of_every_kind_of_collection_is_an_entry() -> Result<(), Box<dyn Error>> {
    type Words = Index<Collections, String>;
    const ALL: [Words; 9] = [
        Collections::VEC,
        Collections::DEQUE,
        Collections::LIST,
        Collections::HEAP,
        Collections::TREE,
        Collections::HASH,
        Collections::BOXED,
        Collections::ARRAY,
        Collections::MAYBE,
    ];
    let words = || ["one", "two"].map(str::to_owned).into_iter();
    let all = NetabaseStore::new().database::<Collections>()?;
    all.put(&Collections {
        id: 1,
        vec: words().collect(),
        deque: words().collect(),
        list: words().collect(),
        heap: words().collect(),
        tree: words().collect(),
        hash: words().collect(),
        boxed: words().collect(),
        array: ["one".into(), "two".into()],
        maybe: Some(words().collect()),
    })?;

    for index in ALL {
        let found = |word| all.index(index).get(word).map(Entries::count);
        assert_eq!((found("one")?, found("two")?, found("three")?), (1, 1, 0), "{index:?}");
    }
    all.update(&1, |value| value.maybe = None)?;
    assert_eq!(all.index(Collections::MAYBE).iter().count(), 0);
    assert_eq!(all.index(Collections::MAYBE).none().count(), 1);
    Ok(())
}
