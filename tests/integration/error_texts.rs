//! An error's own text tells what happened, to what, and why: nobody has to walk its sources.

use std::error::Error;

use netabase::{
    ArrivalError, DatabaseError, LoadError, NetabaseSchema, NetabaseStore, RefusalReason,
    TransactionError, value_from_bytes,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(validate = adult)]
struct User {
    #[netabase(key)]
    name: String,
    #[netabase(index)]
    nick: String,
    #[netabase(index(name = "by_bytes"))]
    bytes: Vec<u8>,
    age: u8,
}

fn adult(user: &User) -> Result<(), String> {
    if user.age < 18 { Err(format!("{} is {}", user.name, user.age)) } else { Ok(()) }
}

fn user(name: &str) -> User {
    User { name: name.into(), nick: String::new(), bytes: Vec::new(), age: 30 }
}

/// Every text in the chain of sources is part of the first.
fn assert_tells_all(error: &dyn Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
    let mut source = error.source();
    while let Some(cause) = source {
        assert!(text.contains(&cause.to_string()), "`{cause}` is missing: {text}");
        source = cause.source();
    }
}

#[test]
fn a_text_that_is_too_long_for_an_index_is_named_with_the_index() -> Result<(), Box<dyn Error>> {
    let users = NetabaseStore::new().database::<User>()?;
    let too_long = "takes more than 1024 bytes";

    users.put(&User { nick: "n".repeat(1023), bytes: vec![0; 511], ..user("ada") })?;
    let nick = users.put(&User { nick: "n".repeat(1024), ..user("bob") }).expect_err("too long");
    assert_tells_all(&nick, &["index `nick` of schema `user`", too_long]);
    let zeroes = users.put(&User { bytes: vec![0; 512], ..user("bob") }).expect_err("too long");
    assert_tells_all(&zeroes, &["index `by_bytes` of schema `user`", too_long, "0x00 and 0x01"]);
    let looked_up = users.index(User::NICK).get("n".repeat(1024)).expect_err("too long");
    assert_tells_all(&looked_up, &["index `nick` of schema `user`", too_long]);
    let key = users.get(&"k".repeat(1024)).expect_err("too long");
    assert_tells_all(&key, &["not a key", too_long]);
    Ok(())
}

#[test]
fn a_refused_value_is_told_with_what_validate_said() -> Result<(), Box<dyn Error>> {
    let users = NetabaseStore::new().database::<User>()?;
    let child = User { age: 7, ..user("bob") };

    assert_tells_all(&users.put(&child).expect_err("too young"), &["valid `user`", "bob is 7"]);
    let load: LoadError = users.load([user("ada"), child]).expect_err("too young");
    assert_tells_all(&load, &["after 1 ", "bob is 7"]);
    Ok(())
}

#[test]
fn bytes_that_are_no_value_are_told_with_the_place() -> Result<(), Box<dyn Error>> {
    let users = NetabaseStore::new().database::<User>()?;
    let cut = value_from_bytes::<User>(b"\x03Ad").expect_err("cut off");
    assert_tells_all(&cut, &["does not decode", "at byte 0"]);

    let mut record = users.to_record(&user("ada"))?;
    record.value.truncate(5);
    let envelope = users.from_record(&record).expect_err("cut off");
    assert_tells_all(&envelope, &["no valid envelope", "5 bytes"]);
    Ok(())
}

#[test]
fn an_update_that_moves_a_value_says_what_to_do() -> Result<(), Box<dyn Error>> {
    let users = NetabaseStore::new().database::<User>()?;
    users.put(&user("ada"))?;
    let moved: TransactionError =
        users.update("ada", |user| user.name = "bob".into()).expect_err("another key");
    assert_tells_all(&moved, &["UserKey(\"ada\")", "UserKey(\"bob\")", "`user`", "transaction"]);
    Ok(())
}

#[test]
fn each_reason_of_a_refusal_has_a_code_that_stays() {
    let codes: Vec<_> = RefusalReason::ALL.iter().map(|reason| reason.code()).collect();
    let expected = [
        "too-large",
        "foreign-key",
        "unknown-schema",
        "envelope",
        "version",
        "codec",
        "clock",
        "lease",
        "private",
        "outdated",
        "rate",
        "signature",
        "value",
        "full",
        "panic",
        "damaged",
        "busy",
    ];
    assert_eq!(codes, expected);
    assert_eq!(RefusalReason::TooLarge.to_string(), "too-large");
}

#[test]
fn all_calls_of_a_database_can_be_passed_on_as_one_error() -> Result<(), DatabaseError> {
    let store = NetabaseStore::builder().network("my-app").build()?;
    let users = store.database::<User>()?;
    users.put(&user("ada"))?;
    users.get("ada")?;
    let ada = users.iter().next().transpose()?;
    assert_eq!(ada, Some(user("ada")));
    let record = users.to_record(&user("bob"))?;
    users.from_record(&record)?;
    users.put_record(&record)?;
    users.update("ada", |user| user.age += 1)?;
    users.record_key("ada")?;
    store.transaction(|tx| {
        users.remove("bob")?;
        tx.put(&users, &user("eve"))?;
        Ok::<_, DatabaseError>(())
    })
}

#[test]
fn what_wraps_a_refusal_adds_neither_text_nor_cause() -> Result<(), Box<dyn Error>> {
    let users = NetabaseStore::new().database::<User>()?;
    let mut record = users.to_record(&user("ada"))?;
    record.value.truncate(5);
    let refused = users.put_record(&record).expect_err("cut off");
    let ArrivalError::Record(cause) = &refused else { panic!("{refused:?}") };

    assert_eq!(refused.to_string(), cause.to_string());
    assert_eq!(chain(&refused), chain(cause));
    assert_eq!(refused.reason(), RefusalReason::Envelope);
    let passed_on = DatabaseError::from(refused.clone());
    assert_eq!(chain(&passed_on), chain(&refused));
    Ok(())
}

/// The texts of an error and its sources.
fn chain(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}
