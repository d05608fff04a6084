//! What leases end: foreign records, tombstones, and what peers are served of the application's own.

use std::error::Error;

use libp2p::kad::store::RecordStore;
use netabase::{
    DatabaseError, Envelope, Limits, ManualClock, NetabaseSchema, OutOfRoom, PutOutcome, WriteError,
};
use serde::{Deserialize, Serialize};

use super::{
    DAY, HOUR, MILLISECOND, just_before, leased, publish, session, sessions, sessions_at,
    tombstone_of,
};
use crate::{
    budgets::store_within,
    clocks::{NOW_MS, store_at},
    schemas::{Note, Profile, note, profile},
};

/// A tombstone outlives what it deletes by so much.
const TOMBSTONE_EXTRA: std::time::Duration = std::time::Duration::from_secs(20 * 60);

#[test]
fn an_own_record_stays_when_its_lease_is_over_and_is_served_no_longer() -> Result<(), Box<dyn Error>>
{
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_at(&clock);
    let notes = store.database::<Note>()?;
    let record = publish(&notes, &note("hi", "there"))?;

    clock.advance(just_before(store.max_lifetime()));
    assert!(store.get(&record.key).is_some());
    clock.advance(MILLISECOND);
    assert!(store.get(&record.key).is_none());
    assert_eq!(store.records().count(), 0);
    assert_eq!((notes.get("hi")?, notes.len()), (Some(note("hi", "there")), 1));
    assert_eq!(store.maintain_store().records_removed, 0);

    let renewed = notes.get_republish_records(10);
    let [Ok(renewed)] = &renewed[..] else { return Err(format!("{renewed:?}").into()) };
    let served = store.get(&record.key).ok_or("it is served again")?.into_owned();
    assert_eq!(served.value, renewed.value);
    Ok(())
}

#[test]
fn foreign_records_go_with_their_lease() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let mut store = sessions.store().clone();
    let author = sessions_at(&clock);
    let with_lease =
        |id, lease| Ok::<_, DatabaseError>(leased(author.to_record(&session(id))?, lease, &clock));
    sessions.put_record(&with_lease("taken", HOUR)?)?;
    sessions.put_record(&tombstone_of(with_lease("deleted", HOUR)?))?;
    store.put(with_lease("held", HOUR)?)?;
    store.put(with_lease("held longer", 2 * HOUR)?)?;
    assert_eq!(store.record_count(), 4);

    clock.advance(HOUR);

    assert_eq!(super::ids(sessions.with_held().iter())?, ["held longer"]);
    assert_eq!(store.raw_records().count(), 1);
    assert_eq!(store.maintain_store().expired_records_cleaned, 3);
    assert_eq!(store.record_count(), 1);
    Ok(())
}

#[test]
fn an_own_tombstone_lapses_when_all_that_it_deletes_is_gone() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_records: 1, ..Limits::default() };
    let store = store_within(limits, &clock);
    let notes = store.database::<Note>()?;
    let record = publish(&notes, &note("hi", ""))?;
    assert!(notes.remove("hi")?);

    clock.advance(just_before(store.max_lifetime() + TOMBSTONE_EXTRA));
    let served = store.get(&record.key).ok_or("it is served to the end")?.into_owned();
    assert!(Envelope::parse(&served.value)?.tombstone);
    assert_eq!(store.record_count(), 1);
    let refused = notes.put(&note("ho", ""));
    assert_eq!(refused, Err(WriteError::OutOfRoom(OutOfRoom::Records { max_records: 1 })));

    clock.advance(MILLISECOND);
    assert!(store.get(&record.key).is_none());
    assert_eq!(
        (store.raw_records().count(), store.publisher_records(&store.peer_id()).count()),
        (0, 0)
    );
    notes.put(&note("ho", ""))?;
    assert_eq!(store.record_count(), 1, "it takes no room any more");
    Ok(())
}

#[test]
fn an_older_value_is_taken_again_when_the_newer_one_is_over() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let author = sessions_at(&clock);
    let older = author.to_record(&session("a"))?;
    let older = leased(older, 2 * HOUR, &clock);
    sessions.put_with_ttl(&session("a"), Some(HOUR))?;
    clock.advance(MILLISECOND);
    sessions.put_with_ttl(&session("a"), Some(HOUR))?;
    assert_eq!(sessions.put_record(&older)?, PutOutcome::Outdated);

    clock.advance(HOUR);

    let update = sessions.handle_remote_update(&older)?;
    assert_eq!((update.outcome, update.value), (PutOutcome::Stored, Some(session("a"))));
    assert!(!sessions.set_ttl("a", None)?, "it is theirs now");
    Ok(())
}

/// Longer than the longest lease, so that leases are renewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", ttl = "10d")]
struct Ticket {
    #[netabase(key)]
    id: u32,
}

#[test]
fn no_lease_is_renewed_of_a_life_that_is_over() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let tickets = store_at(&clock).database::<Ticket>()?;
    // More than a write takes out on its way.
    for id in 0..40 {
        publish(&tickets, &Ticket { id })?;
    }
    publish(&tickets, &Ticket { id: 100 })?;
    assert!(tickets.set_ttl(&100, None)?);
    assert_eq!(tickets.get_republish_records(100), [], "all leases are long enough");

    clock.advance(10 * DAY);

    let renewed = tickets.get_republish_records(100);
    let renewed = renewed.into_iter().map(|record| Ok(Ticket::try_from(&record?)?.id));
    assert_eq!(renewed.collect::<Result<Vec<_>, DatabaseError>>()?, [100]);
    assert_eq!(tickets.len(), 1);
    Ok(())
}

#[test]
fn renewal_goes_on_when_a_record_is_published_again() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut store = store_at(&clock);
    let notes = store.database::<Note>()?;
    let record = publish(&notes, &note("hi", ""))?;
    assert!(notes.unpublish("hi")?);
    clock.advance(4 * DAY);
    assert_eq!(notes.get_republish_records(10), [], "it is private");

    let publisher = Some(store.peer_id());
    store.put(libp2p::kad::Record { publisher, ..record.clone() })?;

    assert!(store.get(&record.key).is_some());
    assert_eq!(notes.get_republish_records(10).len(), 1, "it has three days left of seven");
    Ok(())
}

#[test]
fn expired_records_make_room_for_signatures() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let limits = Limits { max_bytes: 15_000, ..Limits::default() };
    let profiles = store_within(limits, &clock).database::<Profile>()?;
    for number in 0..60 {
        profiles.put(&profile(&format!("a {number}")))?;
    }
    let mut number = 0;
    while profiles.put_with_ttl(&profile(&format!("b {number:03}")), Some(HOUR)).is_ok() {
        number += 1;
    }
    assert!(number > 60, "they fill the store, and there are {number} of them");
    clock.advance(HOUR);

    let published: Vec<_> = profiles.sync_to_network().collect();

    assert_eq!(published.len(), 60);
    assert!(published.iter().all(Result::is_ok), "{published:?}");
    Ok(())
}
