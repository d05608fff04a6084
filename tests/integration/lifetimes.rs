//! Records live as long as they are meant to, and are gone from every view at once.

mod ttl;

mod views;

mod counts;

mod expiring;

mod wall_clock;

mod leases;

mod changes;

mod room;

mod model;

use std::{error::Error, time::Duration};

use libp2p::kad::{Record, store::RecordStore};
use netabase::{Clock, ManualClock, MemoryStoreDatabase, NetabaseSchema, QueryError};
use serde::{Deserialize, Serialize};

use crate::clocks::{NOW_MS, store_at};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MILLISECOND: Duration = Duration::from_millis(1);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", ttl = "1h")]
struct Session {
    #[netabase(key)]
    id: String,
    #[netabase(index(unique))]
    token: String,
    #[netabase(index)]
    user: u32,
}

fn session(id: &str) -> Session {
    Session { id: id.into(), token: format!("token of {id}"), user: 7 }
}

/// The sessions of a store of their own, and its clock.
fn sessions() -> (MemoryStoreDatabase<Session>, ManualClock) {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    (sessions_at(&clock), clock)
}

fn sessions_at(clock: &ManualClock) -> MemoryStoreDatabase<Session> {
    store_at(clock).database().expect("a new store knows no other schema")
}

/// An open record with a lease from now on.
fn leased(mut record: Record, lease: Duration, clock: &ManualClock) -> Record {
    let end = Duration::from_millis(clock.now().unix_ms) + lease;
    let not_after = u32::try_from(end.as_secs()).expect("it ends before 2106");
    record.value[9..13].copy_from_slice(&not_after.to_be_bytes());
    record
}

/// The tombstone of an open record: the same clock and lease, and no payload.
fn tombstone_of(mut record: Record) -> Record {
    record.value[8] |= 0b1000_0000;
    record.value.truncate(14);
    record
}

/// Publishes a value as a swarm around the store does.
fn publish<V: NetabaseSchema>(
    database: &MemoryStoreDatabase<V>,
    value: &V,
) -> Result<Record, Box<dyn Error>> {
    let record = database.to_record(value)?;
    let mut store = database.store().clone();
    store.put(Record { publisher: Some(store.peer_id()), ..record.clone() })?;
    Ok(record)
}

/// The last moment before a time is over.
fn just_before(time: Duration) -> Duration {
    time.saturating_sub(MILLISECOND)
}

fn ids(
    sessions: impl Iterator<Item = Result<Session, QueryError>>,
) -> Result<Vec<String>, QueryError> {
    sessions.map(|session| Ok(session?.id)).collect()
}
