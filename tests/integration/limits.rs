//! Limits are typed errors that leave everything as it was.

use netabase::{
    DatabaseError, EncodeError, Limits, LoadError, MemoryStoreDatabase, NetabaseSchema,
    NetabaseStore, OutOfRoom, RecordError, RoundTripCause, TooLarge, WriteError,
};
use serde::{Deserialize, Serialize};

use crate::schemas::{User, user};

fn users_with(limits: Limits) -> MemoryStoreDatabase<User> {
    let store =
        NetabaseStore::builder().limits(limits).build().expect("a fresh identity is ed25519");
    store.database().expect("a new store knows no other schema")
}

#[test]
fn a_full_store_refuses_new_keys_and_keeps_old_ones() -> Result<(), DatabaseError> {
    let users = users_with(Limits { max_records: 1, ..Limits::default() });
    users.put(&user(1))?;

    let refused = users.put(&user(2));

    assert!(
        matches!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 1 }))),
        "{refused:?}"
    );
    assert_eq!(users.get(&1)?, Some(user(1)), "nothing was evicted");
    assert_eq!(users.len(), 1);
    let ada = User { id: 1, name: "Ada".into() };
    assert_eq!(users.put(&ada)?, Some(user(1)), "a known key may still be overwritten");
    Ok(())
}

#[test]
fn a_store_full_of_bytes_refuses_what_makes_it_larger() -> Result<(), DatabaseError> {
    let users = users_with(Limits { max_bytes: 200, ..Limits::default() });
    users.put(&User { id: 1, name: "x".repeat(100) })?;
    let bytes = users.store().byte_count();

    let refused = users.put(&User { id: 2, name: "x".repeat(100) });

    assert!(
        matches!(
            refused,
            Err(WriteError::OutOfRoom(OutOfRoom::Bytes { max_bytes: 200, needed }))
                if needed == bytes
        ),
        "{refused:?}"
    );
    assert_eq!(users.store().byte_count(), bytes);
    assert!(users.put(&User { id: 1, name: "x".repeat(300) }).is_err());
    assert_eq!(users.get(&1)?.map(|user| user.name.len()), Some(100));
    users.put(&User { id: 1, name: "y".into() })?;
    Ok(())
}

#[test]
fn a_value_beyond_the_limit_is_refused_and_one_at_it_is_not() -> Result<(), DatabaseError> {
    let users = users_with(Limits { max_value_bytes: 1000, ..Limits::default() });
    // Envelope 14, id 1, length 3.
    let largest = User { id: 1, name: "x".repeat(1000 - 14 - 1 - 3) };
    users.put(&largest)?;

    let refused = users.put(&User { id: 1, name: "x".repeat(1000 - 14 - 1 - 3 + 1) });

    let expected = WriteError::TooLarge(TooLarge::Value { len: 1001, max_bytes: 1000 });
    assert_eq!(refused, Err(expected));
    assert_eq!(users.get(&1)?, Some(largest));
    Ok(())
}

#[test]
fn a_schema_may_have_a_smaller_limit() -> Result<(), DatabaseError> {
    #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(max_size = 64)]
    struct Tag {
        #[netabase(key)]
        id: u8,
        text: String,
    }
    let tags = NetabaseStore::new().database::<Tag>()?;
    tags.put(&Tag { id: 1, text: "x".repeat(64 - 14 - 1 - 1) })?;

    let refused = tags.put(&Tag { id: 1, text: "x".repeat(64 - 14 - 1) });

    let expected = RecordError::TooLarge { schema: "tag", len: 65, max_bytes: 64 };
    assert_eq!(refused, Err(WriteError::Record(expected)));
    Ok(())
}

#[test]
fn a_batch_beyond_the_limit_stores_nothing() -> Result<(), DatabaseError> {
    let users = users_with(Limits { max_records: 3, ..Limits::default() });
    users.put(&user(1))?;
    // Five writes, but only two new keys: they fit.
    users.put_batch(&[user(2), user(2), user(3), user(1), user(3)])?;
    assert_eq!(users.len(), 3);
    users.remove(&3)?;

    let refused = users.put_batch(&[user(4), user(5)]);

    assert!(
        matches!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { .. }))),
        "{refused:?}"
    );
    assert_eq!(users.len(), 2);
    assert!(!users.contains(&4)?);
    Ok(())
}

#[test]
fn a_load_fills_the_store_to_its_limit() {
    let users = users_with(Limits { max_records: 700, ..Limits::default() });
    let stopped = users.load((0..1000).map(user));
    assert!(
        matches!(
            stopped,
            Err(LoadError {
                stored: 700,
                source: WriteError::OutOfRoom(OutOfRoom::Records { .. })
            })
        ),
        "{stopped:?}"
    );
    assert_eq!(users.len(), 700);
}

#[test]
fn what_get_could_not_read_is_refused_by_put() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Tree(Vec<Tree>);
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Forest {
        #[netabase(key)]
        id: u8,
        tree: Tree,
        nothing: Vec<()>,
    }
    let tree = |depth| (0..depth).fold(Tree(Vec::new()), |tree, _| Tree(vec![tree]));
    let forests = NetabaseStore::new().database::<Forest>()?;
    let shallow = Forest { id: 1, tree: tree(20), nothing: Vec::new() };
    forests.put(&shallow)?;

    let deep = forests.put(&Forest { id: 1, tree: tree(40), nothing: Vec::new() });
    let zero_sized = forests.put(&Forest { id: 1, tree: tree(1), nothing: vec![()] });

    let cause = |refused: Result<_, WriteError>| match refused {
        Err(WriteError::Record(RecordError::RoundTrip(error))) => error.cause().clone(),
        other => panic!("unexpected: {other:?}"),
    };
    assert_eq!(cause(deep), RoundTripCause::Unwritable(EncodeError::TooDeep));
    assert_eq!(cause(zero_sized), RoundTripCause::Unwritable(EncodeError::ZeroSizedElement));
    assert_eq!(forests.get(&1)?, Some(shallow), "the old value is still there");
    Ok(())
}

#[test]
fn a_default_store_holds_far_more_than_a_memory_store() -> Result<(), Box<dyn std::error::Error>> {
    let users = NetabaseStore::new().database::<User>()?;
    assert_eq!(users.load((0..20_000).map(user))?, 20_000);
    Ok(())
}
