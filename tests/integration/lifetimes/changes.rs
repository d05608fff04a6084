//! What watchers are told of records that expire or are evicted.

use std::error::Error;

use libp2p::kad::store::RecordStore;
use netabase::{Change, ChangeOrigin, Limits, ManualClock, NetabaseSchema};

use super::{
    HOUR, MILLISECOND, Session, SessionKey, leased, publish, session, sessions, sessions_at,
    tombstone_of,
};
use crate::{
    budgets::{Author, source, store_within},
    clocks::NOW_MS,
    schemas::{Note, note},
    watch::ready,
};

/// Old value, new value, origin.
type Seen<V> = (Option<V>, Option<V>, ChangeOrigin);

fn seen<V: NetabaseSchema>(changes: Vec<Change<V::Key, V>>) -> Vec<Seen<V>> {
    changes.into_iter().map(|change| (change.old, change.new, change.origin)).collect()
}

fn expired(id: &str) -> Seen<Session> {
    (Some(session(id)), None, ChangeOrigin::Expired)
}

#[tokio::test]
async fn what_expires_is_told_once_with_the_old_value() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let author = sessions_at(&clock);
    sessions.put_with_ttl(&session("second"), Some(HOUR / 2))?;
    sessions.put_with_ttl(&session("first"), Some(HOUR / 3))?;
    publish(&sessions, &session("third"))?;
    sessions.put_with_ttl(&session("endless"), None)?;
    let taken = leased(author.to_record(&session("taken"))?, HOUR, &clock);
    sessions.put_record(&taken)?;
    let (mut watch, mut one) = (sessions.watch(), sessions.watch_key("third")?);

    clock.advance(HOUR);
    assert_eq!(sessions.get("first")?, None);
    assert_eq!(ready(&mut watch)?, [], "nobody has taken them out yet");
    sessions.store().maintain_store();
    sessions.store().maintain_store();
    assert_eq!((sessions.len(), sessions.remove("first")?), (1, false));

    let changes = ready(&mut watch)?;
    assert!(changes.iter().all(|change| change.commit == changes[0].commit), "in one commit");
    let expected = ["first", "second", "third", "taken"].map(expired);
    assert_eq!(seen(changes), expected, "those whose life is over first");
    assert_eq!(seen(ready(&mut one)?), [expired("third")]);
    Ok(())
}

#[tokio::test]
async fn counts_and_writes_tell_of_what_they_take_out() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let mut watch = sessions.watch();
    sessions.put_with_ttl(&session("a"), Some(HOUR))?;
    clock.advance(HOUR);
    assert_eq!(sessions.len(), 0);
    sessions.put_with_ttl(&session("b"), Some(HOUR))?;
    clock.advance(HOUR);
    sessions.put(&session("c"))?;

    let local = |id| (None, Some(session(id)), ChangeOrigin::Local);
    let expected = [local("a"), expired("a"), local("b"), expired("b"), local("c")];
    assert_eq!(seen(ready(&mut watch)?), expected);
    Ok(())
}

#[tokio::test]
async fn a_write_over_an_expired_value_replaces_nothing() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let author = sessions_at(&clock);
    for id in ["local", "batch", "remote"] {
        sessions.put_with_ttl(&session(id), Some(MILLISECOND))?;
    }
    clock.advance(MILLISECOND);
    let mut watch = sessions.watch();

    sessions.put_record(&author.to_record(&session("remote"))?)?;
    assert_eq!(
        seen(ready(&mut watch)?),
        [expired("remote"), (None, Some(session("remote")), ChangeOrigin::Remote)]
    );
    assert_eq!(sessions.put(&session("local"))?, None);
    sessions.put_batch(&[session("batch")])?;

    let changes = ready(&mut watch)?;
    let of = |id: &str| -> Vec<_> {
        let changes = changes.iter().filter(|change| change.key == SessionKey::new(id));
        seen(changes.cloned().collect())
    };
    for id in ["local", "batch"] {
        assert_eq!(of(id), [expired(id), (None, Some(session(id)), ChangeOrigin::Local)]);
    }
    assert_eq!(changes.len(), 4);
    Ok(())
}

#[tokio::test]
async fn what_is_evicted_is_told_with_the_old_value() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_foreign_records: 3, ..Limits::default() };
    let notes = store_within(limits, &ManualClock::at_unix_ms(NOW_MS)).database::<Note>()?;
    let mut watch = notes.watch();
    let author = Author::new();
    let records = ["a", "b", "c"].map(|title| author.record(title, "text"));
    let mut records = records.into_iter().collect::<Result<Vec<_>, _>>()?;
    records.sort_by_key(|record| notes.store().distance(&record.key));
    for record in &records {
        notes.put_record(record)?;
    }
    assert_eq!(ready(&mut watch)?.len(), 3);

    notes.store().put_from(&author.record("newcomer", "")?, source(1))?;
    let farthest = Note::try_from(&records[2])?;
    assert_eq!(seen(ready(&mut watch)?), [(Some(farthest), None, ChangeOrigin::Evicted)]);

    notes.store().set_limits(Limits { max_foreign_records: 0, ..Limits::default() });
    assert_eq!(ready(&mut watch)?, [], "not before somebody takes them out");
    notes.maintain_store();
    let mut gone = seen(ready(&mut watch)?);
    gone.sort_by_key(|(old, ..)| old.as_ref().map(|note| note.title.clone()));
    let mut left: Vec<_> = records[..2].iter().map(Note::try_from).collect::<Result<_, _>>()?;
    left.sort_by_key(|note| note.title.clone());
    let expected = left.into_iter().map(|note| (Some(note), None, ChangeOrigin::Evicted));
    assert_eq!(gone, expected.collect::<Vec<_>>(), "and the newcomer was hidden");
    Ok(())
}

#[tokio::test]
async fn nothing_is_told_of_what_databases_do_not_show() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_foreign_records: 10, ..Limits::default() };
    let mut store = store_within(limits, &clock);
    let (sessions, notes) = (store.database::<Session>()?, store.database::<Note>()?);
    let author = sessions_at(&clock);
    store.put(author.to_record(&session("held"))?)?;
    sessions.put_record(&tombstone_of(author.to_record(&session("deleted"))?))?;
    publish(&notes, &note("removed", ""))?;
    notes.remove("removed")?;
    let (mut of_sessions, mut of_notes) = (sessions.watch(), notes.watch());

    let notes_of_others = Author::at(&clock);
    for number in 0..20 {
        let record = notes_of_others.record(&number.to_string(), "")?;
        drop(store.put_from(&record, source(number)));
    }
    clock.advance(2 * store.max_lifetime());
    assert_eq!(store.maintain_store().expired_records_cleaned, 11, "with the tombstone");

    assert_eq!(ready(&mut of_sessions)?, []);
    assert_eq!(ready(&mut of_notes)?, []);
    Ok(())
}
