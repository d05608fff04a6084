//! What will be gone soon.

use std::{error::Error, time::Duration};

use libp2p::kad::store::RecordStore;
use netabase::{DatabaseError, MemoryStoreDatabase, QueryError};

use super::{
    DAY, HOUR, Session, just_before, leased, publish, session, sessions, sessions_at, tombstone_of,
};
use crate::schemas::{Note, User, note, user};

fn expiring(
    sessions: &MemoryStoreDatabase<Session>,
    within: Duration,
) -> Result<Vec<(String, Duration)>, QueryError> {
    let expiring = sessions.get_expiring_records(within).map(|expiring| {
        let expiring = expiring?;
        assert_eq!(expiring.value, session(&expiring.key.0));
        Ok((expiring.key.0, expiring.left))
    });
    expiring.collect()
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

#[test]
fn lives_and_leases_end_in_one_order() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let author = sessions_at(&clock);
    let taken = |id, minutes_left| {
        let record = leased(author.to_record(&session(id))?, minutes(minutes_left), &clock);
        Ok::<_, DatabaseError>(sessions.put_record(&record)?)
    };
    sessions.put_with_ttl(&session("mine, later"), Some(minutes(40)))?;
    taken("theirs, soon", 20)?;
    sessions.put_with_ttl(&session("mine, soon"), Some(minutes(10)))?;
    taken("theirs, later", 50)?;
    sessions.put_with_ttl(&session("b, with theirs"), Some(minutes(20)))?;
    sessions.put_with_ttl(&session("z, with theirs"), Some(minutes(20)))?;
    sessions.put_with_ttl(&session("endless"), None)?;
    taken("theirs, at the end", 61)?;

    let all = [
        ("mine, soon", 10),
        ("b, with theirs", 20),
        ("theirs, soon", 20),
        ("z, with theirs", 20),
        ("mine, later", 40),
        ("theirs, later", 50),
        ("theirs, at the end", 61),
    ];
    let expected = |within, passed| -> Vec<_> {
        let shown = all.iter().filter(|(_, left)| (passed + 1..=passed + within).contains(left));
        shown.map(|(id, left)| ((*id).to_owned(), minutes(left - passed))).collect()
    };
    for (within, passed) in [(9, 0), (10, 0), (20, 0), (60, 0), (100_000, 0)] {
        assert_eq!(expiring(&sessions, minutes(within))?, expected(within, passed), "{within}");
    }
    assert_eq!(expiring(&sessions, Duration::MAX)?.len(), all.len());
    assert_eq!(expiring(&sessions, just_before(minutes(10)))?, []);

    // What has expired is not about to.
    clock.advance(minutes(20));
    assert_eq!(expiring(&sessions, minutes(20))?, expected(20, 20));
    assert_eq!(expiring(&sessions, minutes(60))?, expected(60, 20));
    Ok(())
}

#[test]
fn own_records_end_with_their_life_and_not_with_their_lease() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    publish(&sessions, &session("a"))?;
    assert_eq!(expiring(&sessions, HOUR)?, [("a".to_owned(), HOUR)]);
    assert!(sessions.set_ttl("a", Some(2 * HOUR))?);
    clock.advance(HOUR / 2);
    assert_eq!(expiring(&sessions, HOUR)?, [], "its lease would be");
    assert_eq!(expiring(&sessions, 2 * HOUR)?, [("a".to_owned(), HOUR * 3 / 2)]);
    assert!(sessions.set_ttl("a", None)?);
    assert_eq!(expiring(&sessions, 3650 * DAY)?, []);
    Ok(())
}

#[test]
fn other_schemas_and_what_databases_do_not_show_are_left_out() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let mut store = sessions.store().clone();
    let (users, notes) = (store.database::<User>()?, store.database::<Note>()?);
    users.put_with_ttl(&user(1), Some(minutes(1)))?;
    notes.put_with_ttl(&note("note", ""), Some(minutes(2)))?;
    let author = sessions_at(&clock);
    store.put(leased(author.to_record(&session("held"))?, minutes(3), &clock))?;
    sessions.put_record(&tombstone_of(author.to_record(&session("deleted"))?))?;
    publish(&sessions, &session("removed"))?;
    sessions.remove("removed")?;
    sessions.put(&session("mine"))?;

    let mine = ("mine".to_owned(), HOUR);
    assert_eq!(expiring(&sessions, 30 * DAY)?, std::slice::from_ref(&mine));
    assert_eq!(expiring(&sessions.with_held(), 30 * DAY)?, [("held".to_owned(), minutes(3)), mine]);
    assert_eq!(users.get_expiring_records(HOUR).count(), 1);
    let of_notes = notes.get_expiring_records(HOUR).map(|expiring| Ok(expiring?.value));
    assert_eq!(of_notes.collect::<Result<Vec<_>, DatabaseError>>()?, [note("note", "")]);
    Ok(())
}

#[test]
fn what_goes_while_they_are_read_is_left_out() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    for (id, left) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        sessions.put_with_ttl(&session(id), Some(minutes(left)))?;
    }
    let mut soon = sessions.get_expiring_records(HOUR);
    assert_eq!(soon.next().transpose()?.map(|expiring| expiring.key.0), Some("a".to_owned()));
    clock.advance(minutes(2));
    sessions.remove("c")?;
    let last = soon.next().transpose()?.ok_or("one is left")?;
    assert_eq!((last.key.0.as_str(), last.left), ("d", minutes(4)), "as it was asked for");
    assert!(soon.next().is_none());
    Ok(())
}
