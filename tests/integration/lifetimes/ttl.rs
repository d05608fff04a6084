//! How long a value lives, and who decides that.

use std::{error::Error, time::Duration};

use libp2p::kad::store::RecordStore;

use super::{DAY, HOUR, MILLISECOND, just_before, leased, publish, session, sessions, sessions_at};
use crate::schemas::{User, user};

#[test]
fn a_value_lives_as_long_as_its_schema_says() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    sessions.put(&session("a"))?;
    sessions.put_batch(&[session("b")])?;
    sessions.load([session("c")])?;
    let store = sessions.store().clone();
    store.transaction(|tx| tx.put(&sessions, &session("d")))?;

    clock.advance(just_before(HOUR));
    assert_eq!(sessions.get("a")?, Some(session("a")));
    assert_eq!(sessions.iter().count(), 4);

    clock.advance(MILLISECOND);
    assert_eq!(sessions.get("a")?, None);
    assert_eq!(sessions.iter().count(), 0);
    Ok(())
}

#[test]
fn put_with_ttl_says_otherwise() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    sessions.put_with_ttl(&session("short"), Some(HOUR / 2))?;
    sessions.put_with_ttl(&session("long"), Some(2 * HOUR))?;
    sessions.put_with_ttl(&session("endless"), None)?;

    for (passed, left) in [
        (just_before(HOUR / 2), &["endless", "long", "short"][..]),
        (MILLISECOND, &["endless", "long"]),
        (just_before(HOUR * 3 / 2), &["endless", "long"]),
        (MILLISECOND, &["endless"]),
        (3650 * DAY, &["endless"]),
    ] {
        clock.advance(passed);
        assert_eq!(super::ids(sessions.iter())?, left);
    }
    Ok(())
}

#[test]
fn a_schema_without_ttl_can_have_values_that_end() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let users = sessions.store().database::<User>()?;
    users.put_with_ttl(&user(1), Some(HOUR))?;
    users.put_with_ttl(&user(2), Some(HOUR))?;
    users.put(&user(2))?;
    clock.advance(HOUR);
    assert_eq!((users.get(&1)?, users.get(&2)?), (None, Some(user(2))));
    Ok(())
}

#[test]
fn an_overwrite_starts_another_life() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    for id in ["put", "batch", "endless", "shorter", "published"] {
        sessions.put(&session(id))?;
    }
    sessions.put_with_ttl(&session("was endless"), None)?;

    clock.advance(HOUR * 2 / 3);
    assert_eq!(sessions.put(&session("put"))?, Some(session("put")));
    sessions.put_batch(&[session("batch")])?;
    sessions.put_with_ttl(&session("endless"), None)?;
    sessions.put_with_ttl(&session("shorter"), Some(MILLISECOND))?;
    sessions.put(&session("was endless"))?;
    publish(&sessions, &session("published"))?;

    for (passed, left) in [
        (MILLISECOND, &["batch", "endless", "published", "put", "was endless"][..]),
        (just_before(just_before(HOUR)), &["batch", "endless", "published", "put", "was endless"]),
        (MILLISECOND, &["endless"]),
    ] {
        clock.advance(passed);
        assert_eq!(super::ids(sessions.iter())?, left);
    }
    Ok(())
}

#[test]
fn a_life_can_be_nothing_or_longer_than_time() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    sessions.put_with_ttl(&session("nothing"), Some(Duration::ZERO))?;
    sessions.put_with_ttl(&session("long"), Some(Duration::MAX))?;
    publish(&sessions, &session("published"))?;
    assert!(sessions.set_ttl("published", Some(Duration::MAX))?);
    assert_eq!(super::ids(sessions.iter())?, ["long", "published"]);
    clock.advance(10_000 * DAY);
    assert_eq!(super::ids(sessions.iter())?, ["long", "published"]);
    assert_eq!(sessions.len(), 2);
    Ok(())
}

#[test]
fn set_ttl_extends_shortens_and_lifts_a_life() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    for id in ["extended", "lifted", "left alone", "shortened"] {
        sessions.put(&session(id))?;
    }
    sessions.put_with_ttl(&session("ended"), None)?;
    let records = || sessions.store().raw_records().collect::<Vec<_>>();
    let before = (records(), sessions.store().byte_count());
    clock.advance(HOUR / 2);

    assert!(sessions.set_ttl("extended", Some(HOUR))?);
    assert!(sessions.set_ttl("lifted", None)?);
    assert!(sessions.set_ttl("shortened", Some(MILLISECOND))?);
    assert!(sessions.set_ttl("ended", Some(HOUR))?);

    assert_eq!((records(), sessions.store().byte_count()), before, "no byte of them changes");
    for (passed, left) in [
        (MILLISECOND, &["ended", "extended", "left alone", "lifted"][..]),
        (just_before(HOUR / 2), &["ended", "extended", "lifted"]),
        (just_before(HOUR / 2), &["ended", "extended", "lifted"]),
        (MILLISECOND, &["lifted"]),
        (3650 * DAY, &["lifted"]),
    ] {
        clock.advance(passed);
        assert_eq!(super::ids(sessions.iter())?, left);
    }
    Ok(())
}

#[test]
fn set_ttl_is_false_without_an_own_value() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let mut store = sessions.store().clone();
    let author = sessions_at(&clock);
    sessions.put_with_ttl(&session("expired"), Some(MILLISECOND))?;
    sessions.put_record(&leased(author.to_record(&session("taken"))?, HOUR, &clock))?;
    store.put(leased(author.to_record(&session("held"))?, HOUR, &clock))?;
    publish(&sessions, &session("removed"))?;
    sessions.remove("removed")?;
    clock.advance(MILLISECOND);

    for id in ["absent", "expired", "taken", "held", "removed"] {
        assert!(!sessions.set_ttl(id, None)?, "{id}");
        assert!(!sessions.with_held().set_ttl(id, Some(2 * HOUR))?, "{id}");
    }

    assert_eq!(super::ids(sessions.iter())?, ["taken"]);
    clock.advance(HOUR);
    assert_eq!(super::ids(sessions.with_held().iter())?, [""; 0], "the leases end as they did");
    Ok(())
}

/// What peers were sent keeps its lease; renewal follows the new end.
#[test]
fn set_ttl_changes_nothing_that_peers_were_sent() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let record = publish(&sessions, &session("a"))?;
    assert!(sessions.set_ttl("a", Some(3 * HOUR))?);
    let served = sessions.store().get(&record.key).ok_or("it is served")?.into_owned();
    assert_eq!(served.value, record.value);

    let renewed = sessions.get_republish_records(10);
    let [Ok(renewed)] = &renewed[..] else { return Err(format!("{renewed:?}").into()) };
    assert_eq!(renewed.value, leased(record, 3 * HOUR, &clock).value, "the same clock and content");
    assert_eq!(sessions.get_republish_records(10), [], "its lease ends with its life");

    assert!(sessions.set_ttl("a", Some(HOUR))?);
    clock.advance(HOUR);
    assert!(sessions.store().get(&renewed.key).is_none(), "its life is over, its lease is not");
    Ok(())
}
