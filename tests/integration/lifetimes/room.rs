//! What has expired holds nothing: no key, no unique value, no room.

use std::{cell::Cell, error::Error};

use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    ArrivalError, DatabaseError, Limits, LoadError, ManualClock, MemoryStoreDatabase, OutOfRoom,
    PutOutcome, WriteError,
};

use super::{
    DAY, HOUR, MILLISECOND, Session, just_before, leased, publish, session, sessions, sessions_at,
};
use crate::{budgets::store_within, clocks::NOW_MS};

/// More than a write takes out on its way.
const MANY: usize = 60;

/// A store that sessions fill to its limit, all of which have expired.
fn full_of_expired(limits: &Limits) -> Result<MemoryStoreDatabase<Session>, Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let sessions = store_within(limits.clone(), &clock).database::<Session>()?;
    let (mut stored, mut full) = (0, false);
    while !full {
        let id = format!("old {stored:02}");
        match sessions.put(&session(&id)) {
            Ok(_) => stored += 1,
            Err(WriteError::OutOfRoom(_)) => full = true,
            Err(error) => return Err(error.into()),
        }
    }
    assert!(stored >= MANY, "{stored} fit");
    clock.advance(HOUR);
    Ok(sessions)
}

fn full_ones() -> Result<[MemoryStoreDatabase<Session>; 2], Box<dyn Error>> {
    let records = Limits { max_records: MANY, ..Limits::default() };
    let bytes = Limits { max_bytes: 200 * MANY, ..Limits::default() };
    Ok([full_of_expired(&records)?, full_of_expired(&bytes)?])
}

fn new_ones() -> Vec<Session> {
    (0..MANY).map(|number| session(&format!("new {number:02}"))).collect()
}

#[test]
fn expired_records_make_room_for_puts() -> Result<(), Box<dyn Error>> {
    for sessions in full_ones()? {
        for new in new_ones() {
            assert_eq!(sessions.put(&new)?, None);
        }
        assert_eq!(sessions.len(), MANY);
    }
    Ok(())
}

#[test]
fn expired_records_make_room_for_a_batch_as_large_as_the_store() -> Result<(), Box<dyn Error>> {
    for sessions in full_ones()? {
        sessions.put_batch(&new_ones())?;
        assert_eq!(sessions.len(), MANY);
    }
    for sessions in full_ones()? {
        assert_eq!(sessions.load(new_ones()), Ok::<_, LoadError>(MANY));
    }
    for sessions in full_ones()? {
        let store = sessions.store().clone();
        store.transaction(|tx| {
            new_ones().iter().try_for_each(|session| tx.put(&sessions, session))
        })?;
        assert_eq!(sessions.iter().count(), MANY);
    }
    Ok(())
}

#[test]
fn expired_records_make_room_for_what_is_published() -> Result<(), Box<dyn Error>> {
    for sessions in full_ones()? {
        for new in new_ones() {
            publish(&sessions, &new)?;
        }
        assert_eq!((sessions.len(), sessions.store().records().count()), (MANY, MANY));
    }
    Ok(())
}

#[test]
fn a_batch_too_large_for_the_store_is_refused_all_the_same() -> Result<(), Box<dyn Error>> {
    let records = Limits { max_records: MANY, ..Limits::default() };
    let sessions = full_of_expired(&records)?;
    let one_more = [new_ones(), vec![session("one more")]].concat();

    let refused = sessions.put_batch(&one_more);

    assert_eq!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: MANY })));
    assert_eq!((sessions.len(), sessions.store().record_count()), (0, 0));
    Ok(())
}

#[test]
fn what_lives_makes_no_room() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_records: 2, ..Limits::default() };
    let sessions = store_within(limits, &clock).database::<Session>()?;
    sessions.put_with_ttl(&session("short"), Some(HOUR))?;
    sessions.put_with_ttl(&session("long"), Some(HOUR + MILLISECOND))?;
    clock.advance(HOUR);
    sessions.put(&session("a"))?;
    let refused = sessions.put(&session("b"));
    assert_eq!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 2 })));
    assert_eq!(super::ids(sessions.iter())?, ["a", "long"]);
    Ok(())
}

#[test]
fn an_expired_value_is_neither_replaced_nor_removed() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    for id in ["a", "b", "c", "d"] {
        publish(&sessions, &session(id))?;
    }
    sessions.put_with_ttl(&session("e"), None)?;
    clock.advance(HOUR);

    assert_eq!(sessions.put(&session("a"))?, None);
    assert!(!sessions.remove("b")?);
    assert!(!sessions.unpublish("c")?);
    assert_eq!(sessions.remove_batch(["b", "c", "e"])?, 1);
    assert_eq!(sessions.clear()?, 1, "the new one");
    assert_eq!(sessions.store().raw_records().count(), 0, "and no tombstone is left");
    Ok(())
}

/// A private key is in the application's use, until its value has expired.
#[test]
fn an_expired_private_key_is_free_for_others() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let author = sessions_at(&clock);
    sessions.put(&session("a"))?;
    let theirs = leased(author.to_record(&session("a"))?, 2 * HOUR, &clock);
    let refused = sessions.store().put_from(&theirs, netabase::Source::UNKNOWN);
    assert_eq!(refused, Err(ArrivalError::Private));
    clock.advance(HOUR);
    let stored = sessions.store().put_from(&theirs, netabase::Source::UNKNOWN);
    assert_eq!(stored, Ok(PutOutcome::Stored));
    let capacity = sessions.capacity_info();
    assert_eq!((capacity.own.current_records, capacity.foreign.current_records), (0, 1));
    Ok(())
}

/// What was published and has expired is private when it is written again.
#[test]
fn a_value_over_an_expired_one_is_not_served() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let record = publish(&sessions, &session("a"))?;
    clock.advance(HOUR);
    sessions.put(&session("a"))?;
    assert!(sessions.store().get(&record.key).is_none());
    assert_eq!(sessions.store().records().count(), 0);
    Ok(())
}

#[test]
fn the_unique_value_of_an_expired_record_is_free() -> Result<(), Box<dyn Error>> {
    let with_token_of =
        |id: &str, other: &str| Session { token: session(other).token, ..session(id) };
    let (sessions, clock) = sessions();
    let author = sessions_at(&clock);
    for number in 0..MANY {
        sessions.put(&session(&format!("old {number:02}")))?;
    }
    let taken = leased(author.to_record(&session("taken"))?, HOUR, &clock);
    sessions.put_record(&taken)?;
    clock.advance(just_before(HOUR));
    for other in ["old 57", "old 58", "old 59", "taken"] {
        let refused = sessions.put(&with_token_of("new", other));
        assert!(
            matches!(refused, Err(WriteError::NotUnique { index: "token", .. })),
            "{refused:?}"
        );
    }

    // The last to go, so that no write takes them out on its way.
    clock.advance(MILLISECOND);
    sessions.put(&with_token_of("put", "old 57"))?;
    sessions.put_batch(&[with_token_of("batch", "old 58"), with_token_of("taken's", "taken")])?;
    let store = sessions.store().clone();
    store.transaction(|tx| tx.put(&sessions, &with_token_of("transaction", "old 59")))?;

    let by_token = sessions.index(Session::TOKEN);
    for (id, other) in
        [("put", "old 57"), ("batch", "old 58"), ("taken's", "taken"), ("transaction", "old 59")]
    {
        let found = by_token.get_one(session(other).token)?;
        assert_eq!(found.map(|session| session.id).as_deref(), Some(id));
    }
    assert_eq!(by_token.conflicts()?, []);
    let refused = sessions.put(&with_token_of("late", "old 57"));
    assert!(refused.is_err(), "it is taken again: {refused:?}");
    Ok(())
}

#[test]
fn a_transaction_runs_again_if_what_it_read_expires() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let store = sessions.store().clone();
    for with_a_write in [true, false] {
        sessions.put(&session("a"))?;
        let runs = Cell::new(0);
        let seen = store.transaction(|tx| {
            runs.set(runs.get() + 1);
            let found = tx.get(&sessions, "a")?.is_some();
            if found {
                clock.advance(HOUR);
            }
            if with_a_write {
                let text = if found { "it was there" } else { "it was over" };
                tx.put(&sessions, &Session { token: text.into(), ..session("b") })?;
            }
            Ok::<_, DatabaseError>(found)
        })?;
        assert_eq!((seen, runs.get()), (false, 2));
    }
    assert_eq!(sessions.get("b")?, None, "its hour was over in the second round");
    Ok(())
}

#[test]
fn a_lease_that_ends_in_a_transaction_makes_it_run_again() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let store = sessions.store().clone();
    let author = sessions_at(&clock);
    sessions.put_record(&leased(author.to_record(&session("taken"))?, DAY, &clock))?;
    let runs = Cell::new(0);
    store.transaction(|tx| {
        runs.set(runs.get() + 1);
        if tx.contains(&sessions, "taken")? {
            clock.set_unix_ms(NOW_MS + 2 * 24 * 60 * 60 * 1000);
        }
        tx.put(&sessions, &session("b"))
    })?;
    assert_eq!(runs.get(), 2);
    assert_eq!(super::ids(sessions.iter())?, ["b"]);
    // An own record's lease is peers' business.
    let record: Record = publish(&sessions, &session("b"))?;
    assert!(store.get(&record.key).is_some());
    Ok(())
}
