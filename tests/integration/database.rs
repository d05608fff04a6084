//! Reads and writes by key.

use netabase::{DatabaseError, NetabaseStore, OpenError, QueryError, RecordError, WriteError};
use serde::{Deserialize, Serialize};

use crate::schemas::{Note, User, UserKey, fresh, note, user};

#[test]
fn put_returns_what_it_replaced() -> Result<(), DatabaseError> {
    let users = fresh::<User>();
    assert_eq!(users.put(&user(7))?, None);
    let ada = User { id: 7, name: "Ada".into() };
    assert_eq!(users.put(&ada)?, Some(user(7)));
    assert_eq!(users.get(&7)?, Some(ada));
    Ok(())
}

#[test]
fn a_record_is_found_by_its_key_its_part_or_a_reference() -> Result<(), DatabaseError> {
    let users = fresh::<User>();
    users.put(&user(7))?;
    assert!(users.contains(&7)? && users.contains(&UserKey(7))? && users.contains(&&7_u64)?);

    let notes = fresh::<Note>();
    notes.put(&note("hi", "there"))?;
    assert!(notes.contains("hi")? && notes.contains(&"hi".to_owned())?);
    Ok(())
}

#[test]
fn get_with_shows_what_get_returns_field_by_field() -> Result<(), DatabaseError> {
    let notes = fresh::<Note>();
    notes.put(&note("hi", "there"))?;
    let owned = notes.get("hi")?.expect("it was stored");

    let same = notes.get_with("hi", |view| view.title == owned.title && view.text == owned.text)?;

    assert_eq!(same, Some(true));
    assert_eq!(notes.get_with("ho", |_| ())?, None);
    Ok(())
}

#[test]
fn a_removed_record_is_gone_without_trace() -> Result<(), DatabaseError> {
    let users = fresh::<User>();
    users.put(&user(7))?;

    assert!(users.remove(&7)?);
    assert!(!users.remove(&7)?, "there was none");

    assert_eq!(users.get(&7)?, None);
    assert_eq!((users.len(), users.store().record_count(), users.store().byte_count()), (0, 0, 0));
    Ok(())
}

#[test]
fn len_counts_values_and_clear_removes_them() -> Result<(), Box<dyn std::error::Error>> {
    let users = fresh::<User>();
    assert!(users.is_empty());
    assert_eq!(users.load((0..3000).map(user))?, 3000);
    users.put(&user(0))?;
    assert_eq!(users.len(), 3000);

    assert_eq!(users.clear()?, 3000);

    assert!(users.is_empty() && users.store().record_count() == 0);
    Ok(())
}

#[test]
fn a_batch_is_stored_whole_or_not_at_all() -> Result<(), DatabaseError> {
    let notes = fresh::<Note>();
    notes.put_batch(&[note("a", "1"), note("b", "2"), note("a", "3")])?;
    assert_eq!(
        notes.get_batch(["a", "b", "c"])?,
        [Some(note("a", "3")), Some(note("b", "2")), None]
    );

    let refused = notes.put_batch(&[note("c", "4"), note("d", "spam")]);

    assert!(matches!(refused, Err(WriteError::Record(RecordError::Invalid { .. }))));
    assert!(!notes.contains("c")?, "nothing of the batch was stored");
    assert_eq!(notes.remove_batch(["a", "b", "c"])?, 2);
    Ok(())
}

#[test]
fn a_load_keeps_what_comes_before_the_value_at_fault() -> Result<(), DatabaseError> {
    let notes = fresh::<Note>();
    let values = (0..1000).map(|n| note(&n.to_string(), if n == 700 { "spam" } else { "ham" }));

    let stopped = notes.load(values).expect_err("one of them is spam");

    assert_eq!(stopped.stored, 700);
    assert_eq!(notes.len(), 700);
    assert!(notes.contains("699")? && !notes.contains("701")?);
    Ok(())
}

#[test]
fn several_schemas_share_one_store() -> Result<(), DatabaseError> {
    let store = NetabaseStore::new();
    let (users, notes) = (store.database::<User>()?, store.database::<Note>()?);
    users.put(&user(7))?;
    notes.put(&note("hi", "there"))?;

    assert_eq!((users.len(), notes.len(), store.record_count()), (1, 1, 2));
    assert_eq!(users.clear()?, 1);
    assert_eq!(store.database::<Note>()?.get("hi")?, Some(note("hi", "there")));
    let keys: Vec<_> = store.raw_records().map(|raw| raw.record.key.to_vec()).collect();
    assert_eq!(keys, [b"/netabase/note/whi\0"]);
    Ok(())
}

#[test]
fn two_types_cannot_share_a_name() -> Result<(), OpenError> {
    #[derive(Serialize, Deserialize, netabase::NetabaseSchema)]
    #[netabase(name = "user")]
    struct Impostor {
        #[netabase(key)]
        id: u64,
    }
    let store = NetabaseStore::new();
    store.database::<User>()?;

    let refused = store.database::<Impostor>().expect_err("the name is taken");

    let OpenError::SchemaConflict { name: "user", registered, rejected } = refused else {
        panic!("unexpected error: {refused}");
    };
    assert!(registered.ends_with("User") && rejected.ends_with("Impostor"));
    store.database::<User>()?;
    Ok(())
}

#[test]
fn a_key_no_record_could_have_is_an_error() {
    let notes = fresh::<Note>();
    let refused = notes.get("x".repeat(1020).as_str());
    assert!(
        matches!(refused, Err(QueryError::Record(RecordError::KeyTooLong { len: 1037, .. }))),
        "{refused:?}"
    );
}
