//! Publishing a value is one commit and one event, and an error leaves the store as it was.

use std::{sync::Arc, time::Duration};

use libp2p::{
    futures::FutureExt,
    kad::{Record, RecordKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    NetabaseSchema, OutOfRoom, TooLarge,
    database::{DatabaseError, MemoryStoreDatabase, Watch},
    record::MAX_RECORD_BYTES,
    schema::EnvelopeHeader,
    store::{
        Limits, ManualClock, NetabaseStore, RawRecord, Source, WriteError, served::ServedSink,
    },
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", crate = "crate")]
struct Profile {
    #[netabase(key)]
    id: u32,
    #[netabase(index(unique))]
    text: String,
    about: Vec<u8>,
}

const NOW_MS: u64 = 1_800_000_000_000;
const HOUR_MS: u64 = 3_600_000;
const VALUE_BYTES: usize = 2_000;

/// A listener: with one, records are no longer than a node can send.
struct Node;

impl ServedSink for Node {
    fn note(&self, _: &RecordKey) {}

    fn wake(&self) {}
}

fn profile(id: u32, text: &str) -> Profile {
    Profile { id, text: text.into(), about: Vec::new() }
}

fn store(limits: Limits) -> Result<(NetabaseStore, ManualClock), DatabaseError> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    Ok((NetabaseStore::builder().clock(clock.clone()).limits(limits).build()?, clock))
}

fn publish(profiles: &MemoryStoreDatabase<Profile>, value: &Profile) -> Result<Record, WriteError> {
    let record = profiles.store_to_publish(profiles.encode_to_publish(value)?)?;
    Ok(record.expect("a value is no removal"))
}

fn events(watch: &mut Watch<Profile>) -> usize {
    std::iter::from_fn(|| watch.next().now_or_never().flatten()).count()
}

/// Publishes a value; says how many commits and events that was.
fn count(
    profiles: &MemoryStoreDatabase<Profile>,
    value: &Profile,
) -> Result<(u64, usize), DatabaseError> {
    let (before, mut watch) = (profiles.store().commits(), profiles.watch());
    let record = publish(profiles, value)?;
    assert_eq!(profiles.store().offered(&record.key), Some(record.clone()), "peers get it");
    let elsewhere = NetabaseStore::builder().clock(ManualClock::at_unix_ms(NOW_MS)).build()?;
    elsewhere.database::<Profile>()?;
    elsewhere.put_from(&record, Source::UNKNOWN)?;
    Ok((profiles.store().commits() - before, events(&mut watch)))
}

/// All that a store holds, and what that takes.
fn held(store: &NetabaseStore) -> (Vec<RawRecord>, String) {
    (store.raw_records().collect(), format!("{:?}", store.capacity_info()))
}

/// Checks that publishing a value is refused, and changes nothing; returns the error.
fn refused(profiles: &MemoryStoreDatabase<Profile>, value: &Profile) -> Option<WriteError> {
    let (before, commits) = (held(profiles.store()), profiles.store().commits());
    let mut watch = profiles.watch();
    let refused = publish(profiles, value);
    assert_eq!(held(profiles.store()), before, "{refused:?}");
    assert_eq!((profiles.store().commits(), events(&mut watch)), (commits, 0), "{refused:?}");
    refused.err()
}

#[test]
fn publishing_a_value_is_one_commit_and_one_event() -> Result<(), DatabaseError> {
    let (store, _) = store(Limits::default())?;
    let profiles = store.database::<Profile>()?;

    assert_eq!(count(&profiles, &profile(1, "new"))?, (1, 1), "the key is new");
    assert_eq!(count(&profiles, &profile(1, "changed"))?, (1, 1), "the key is published");
    assert_eq!(count(&profiles, &profile(1, "changed"))?, (0, 0), "the value is published");
    profiles.put(&profile(2, "private"))?;
    assert_eq!(count(&profiles, &profile(2, "other"))?, (1, 1), "the key was private");
    profiles.remove(&1)?;
    assert_eq!(count(&profiles, &profile(1, "again"))?, (1, 1), "the key was removed");
    assert_eq!(profiles.get(&1)?, Some(profile(1, "again")));
    Ok(())
}

#[test]
fn publishing_what_is_stored_seals_it_as_it_is() -> Result<(), DatabaseError> {
    let (store, clock) = store(Limits::default())?;
    let profiles = store.database::<Profile>()?;
    profiles.put(&profile(1, "private"))?;
    let timestamp = || {
        let raw = store.raw_records().next()?;
        Some(EnvelopeHeader::peek(&raw.record.value)?.timestamp)
    };
    let written = timestamp();
    clock.advance(Duration::from_secs(5));

    assert_eq!(count(&profiles, &profile(1, "private"))?, (1, 0));

    assert!(written.is_some());
    assert_eq!(timestamp(), written, "it was not written again");
    Ok(())
}

#[test]
fn a_value_whose_clock_peers_would_refuse_is_neither_stored_nor_published()
-> Result<(), DatabaseError> {
    let (store, clock) = store(Limits::default())?;
    let profiles = store.database::<Profile>()?;
    publish(&profiles, &profile(1, "published"))?;
    profiles.put(&profile(2, "private"))?;
    clock.set_unix_ms(NOW_MS - HOUR_MS);

    for value in [profile(1, "later"), profile(1, "published"), profile(2, "later")] {
        let refused = refused(&profiles, &value);
        assert!(matches!(refused, Some(WriteError::ClockAhead(_))), "{value:?}: {refused:?}");
    }
    assert_eq!(count(&profiles, &profile(3, "new"))?, (1, 1), "no other key is ahead");
    Ok(())
}

#[test]
fn a_value_without_room_for_its_signature_is_neither_stored_nor_published()
-> Result<(), DatabaseError> {
    let of_one = |publishes: bool| {
        let (store, _) = store(Limits::default())?;
        let profiles = store.database::<Profile>()?;
        let value = profile(1, "a text");
        if publishes {
            publish(&profiles, &value).map(drop)?;
        } else {
            profiles.put(&value).map(drop)?;
        }
        Ok::<_, DatabaseError>(store.capacity_info().own.current_size_bytes)
    };
    let (private, published) = (of_one(false)?, of_one(true)?);
    assert!(private < published, "a signature takes room");

    for (max_bytes, fits) in [(private, false), (published - 1, false), (published, true)] {
        let (store, _) = store(Limits { max_bytes, ..Limits::default() })?;
        let profiles = store.database::<Profile>()?;
        if fits {
            publish(&profiles, &profile(1, "a text"))?;
        } else {
            let refused = refused(&profiles, &profile(1, "a text"));
            assert!(
                matches!(refused, Some(WriteError::OutOfRoom(OutOfRoom::Bytes { .. }))),
                "{refused:?}"
            );
        }
    }
    Ok(())
}

#[test]
fn what_breaks_a_rule_is_neither_stored_nor_published() -> Result<(), DatabaseError> {
    let limits = Limits { max_records: 1, max_value_bytes: VALUE_BYTES, ..Limits::default() };
    let (store, _) = store(limits)?;
    let profiles = store.database::<Profile>()?;
    publish(&profiles, &profile(1, "taken"))?;

    let long = refused(&profiles, &Profile { about: vec![1; VALUE_BYTES], ..profile(1, "long") });
    assert!(matches!(long, Some(WriteError::TooLarge(TooLarge::Value { .. }))), "{long:?}");
    let full = refused(&profiles, &profile(2, "free"));
    assert!(matches!(full, Some(WriteError::OutOfRoom(OutOfRoom::Records { .. }))), "{full:?}");
    store.set_limits(Limits::default());
    let taken = refused(&profiles, &profile(2, "taken"));
    assert!(matches!(taken, Some(WriteError::NotUnique { .. })), "{taken:?}");
    let sink: Arc<dyn ServedSink> = Arc::new(Node);
    let _records = store.attach(&sink).expect("no other node");
    let too_long = refused(
        &profiles,
        &Profile { about: vec![1; MAX_RECORD_BYTES - 100], ..profile(2, "long") },
    );
    assert!(
        matches!(too_long, Some(WriteError::TooLarge(TooLarge::Record { .. }))),
        "{too_long:?}"
    );
    Ok(())
}
