//! Anybody can claim any publisher: what is kept of that is bounded, and ends with its records.

use std::{collections::BTreeSet, error::Error};

use libp2p::{
    PeerId,
    kad::{Record, store::RecordStore},
};
use netabase::{Limits, ManualClock, NetabaseStore, PutOutcome, Source, Usage};

use crate::authors::{HOUR, NETWORK, NOW_MS, identity, minutes, store_at_now, store_of};
use crate::schemas::{Note, Profile, note, profile};

fn store_with(max_claimed_publishers: usize) -> Result<NetabaseStore, Box<dyn Error>> {
    let limits = Limits { max_claimed_publishers, ..Limits::default() };
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = NetabaseStore::builder().network(NETWORK).max_lifetime(HOUR);
    let store = store.limits(limits).clock(clock).build()?;
    store.database::<Note>()?;
    store.database::<Profile>()?;
    Ok(store)
}

/// A record of an open schema that claims a publisher.
fn claim(title: &str, publisher: PeerId) -> Result<Record, Box<dyn Error>> {
    let record = store_at_now(2).database::<Note>()?.to_record(&note(title, ""))?;
    Ok(Record { publisher: Some(publisher), ..record })
}

fn signed(secret: u8) -> Result<Record, Box<dyn Error>> {
    Ok(store_at_now(secret).database::<Profile>()?.to_record(&profile("ada"))?)
}

/// A peer id of a hash, of which nobody can say whether it has a key.
fn invented(number: u32) -> Result<PeerId, Box<dyn Error>> {
    let mut bytes = [0; 34];
    bytes[..2].copy_from_slice(&[0x12, 32]);
    bytes[2..6].copy_from_slice(&number.to_be_bytes());
    Ok(PeerId::from_bytes(&bytes)?)
}

fn peer(secret: u8) -> PeerId {
    PeerId::from(identity(secret).public())
}

#[test]
fn of_fifty_thousand_invented_publishers_a_hundred_are_kept() -> Result<(), Box<dyn Error>> {
    let store = store_with(100)?;
    let writer = store_at_now(2).database::<Note>()?;
    for count in 0..50_000_u32 {
        let mut record = writer.to_record(&note(&count.to_string(), ""))?;
        record.publisher = Some(invented(count)?);
        assert_eq!(store.put_from(&record, Source::UNKNOWN)?, PutOutcome::Stored);
    }
    assert_eq!(store.record_count(), 50_000, "the records are kept, without a publisher");
    assert_eq!(store.publishers().len(), 100);

    for secret in 10..20 {
        store.put_from(&signed(secret)?, Source::UNKNOWN)?;
    }
    let listed: BTreeSet<_> = store.publishers().into_iter().map(|(peer, _)| peer).collect();
    assert_eq!(listed.len(), 110, "those that signed always count");
    assert!((10..20).all(|secret| listed.contains(&peer(secret))));
    assert_eq!(store.publisher_records(&peer(10)).count(), 1);
    Ok(())
}

#[test]
fn those_that_signed_take_no_claimants_place() -> Result<(), Box<dyn Error>> {
    let store = store_with(2)?;
    for secret in 10..14 {
        store.put_from(&signed(secret)?, Source::UNKNOWN)?;
    }
    for (title, secret) in [("a", 20), ("b", 21), ("c", 22)] {
        store.put_from(&claim(title, peer(secret))?, Source::UNKNOWN)?;
    }
    let listed: BTreeSet<_> = store.publishers().into_iter().map(|(peer, _)| peer).collect();
    let expected = [10, 11, 12, 13, 20, 21].map(peer);
    assert_eq!(listed, BTreeSet::from(expected));
    Ok(())
}

#[test]
fn a_publisher_goes_with_its_last_record_and_leaves_its_place() -> Result<(), Box<dyn Error>> {
    let mut store = store_with(2)?;
    let (first, second) = (claim("a", peer(20))?, claim("b", peer(20))?);
    for record in [&first, &second, &claim("c", peer(21))?, &claim("d", peer(22))?] {
        store.put_from(record, Source::UNKNOWN)?;
    }
    assert_eq!(store.publisher_usage(&peer(20)).records, 2);
    assert_eq!(store.publisher_usage(&peer(22)), Usage::default(), "there was no place left");

    RecordStore::remove(&mut store, &first.key);
    assert_eq!(store.publisher_usage(&peer(20)).records, 1);
    RecordStore::remove(&mut store, &second.key);
    assert_eq!(store.publisher_usage(&peer(20)), Usage::default());
    assert_eq!(store.publisher_records(&peer(20)).count(), 0);
    assert_eq!(store.publishers().len(), 1);
    store.put_from(&claim("e", peer(23))?, Source::UNKNOWN)?;
    assert_eq!(store.publisher_usage(&peer(23)).records, 1, "the place is free again");
    Ok(())
}

#[test]
fn a_publisher_goes_when_its_records_expire_or_are_replaced() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_of(9, &clock, HOUR);
    let notes = store.database::<Note>()?;
    store.database::<Profile>()?;
    store.put_from(&claim("a", peer(20))?, Source::UNKNOWN)?;
    store.put_from(&claim("b", peer(20))?, Source::UNKNOWN)?;
    store.put_from(&signed(10)?, Source::UNKNOWN)?;
    clock.advance(minutes(30));
    let newer = store_of(2, &clock, HOUR).database::<Note>()?.to_record(&note("a", "newer"))?;
    let newer = Record { publisher: Some(peer(21)), ..newer };
    notes.put_record(&newer)?;
    assert_eq!([20, 21].map(|secret| store.publisher_usage(&peer(secret)).records), [1, 1]);
    let bytes = newer.key.as_ref().len() + newer.value.len();
    assert_eq!(store.publisher_usage(&peer(21)), Usage { records: 1, bytes });

    // What the application writes is its own.
    notes.put(&note("a", "mine"))?;
    assert_eq!(store.publisher_usage(&peer(21)), Usage::default());
    assert_eq!(store.publisher_usage(&store.peer_id()).records, 1);

    clock.advance(minutes(30));
    assert_eq!(store.publishers(), []);
    assert_eq!(store.publisher_records(&peer(10)).count(), 0);
    assert_eq!(store.publisher_records(&store.peer_id()).count(), 1);
    Ok(())
}

#[test]
fn a_claim_to_be_the_local_peer_counts_for_nobody() -> Result<(), Box<dyn Error>> {
    let store = store_with(10)?;
    let notes = store.database::<Note>()?;
    store.put_from(&claim("a", store.peer_id())?, Source::UNKNOWN)?;
    notes.put_record(&claim("b", store.peer_id())?)?;
    notes.handle_remote_update(&claim("c", store.peer_id())?)?;

    assert_eq!(store.record_count(), 3);
    assert_eq!(store.publisher_usage(&store.peer_id()), Usage::default());
    assert_eq!(
        (store.publishers(), store.publisher_records(&store.peer_id()).count()),
        (vec![], 0)
    );
    assert_eq!(notes.get_publisher_records(&store.peer_id()).count(), 0);
    assert_eq!(notes.get_local_records().count(), 0);
    Ok(())
}

#[test]
fn a_publisher_of_many_records_is_walked_to_the_end() -> Result<(), Box<dyn Error>> {
    let store = store_with(10)?;
    let writer = store_at_now(2).database::<Note>()?;
    for count in 0..1000_u32 {
        let mut record = writer.to_record(&note(&count.to_string(), ""))?;
        record.publisher = Some(peer(if count % 2 == 0 { 20 } else { 21 }));
        store.put_from(&record, Source::UNKNOWN)?;
    }
    for (secret, remainder) in [(20, 0), (21, 1)] {
        let found = store.publisher_records(&peer(secret));
        let mut found: Vec<u32> = found
            .map(|raw| Ok(Note::try_from(&raw.record)?.title.parse()?))
            .collect::<Result<_, Box<dyn Error>>>()?;
        found.sort_unstable();
        assert!(found.into_iter().eq((0..1000).filter(|count| count % 2 == remainder)));
    }
    Ok(())
}
