//! Whose a record is, and who sees it.

use std::{collections::BTreeMap, error::Error};

use libp2p::{
    PeerId,
    kad::{Record, store::RecordStore},
};
use netabase::{
    Access, ArrivalError, Clock, DatabaseError, Envelope, ManualClock, MemoryStoreDatabase,
    NetabaseStore, PutOutcome, RecordError, RecordState, SystemClock,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

use crate::clocks::store_at;
use crate::schemas::{Note, Profile, User, note, profile, user};

fn state(store: &NetabaseStore, record: &Record) -> Option<RecordState> {
    let prefix = record.key.as_ref();
    store.raw_records_with_prefix(prefix).next().map(|raw| raw.state)
}

/// The value that Kademlia shows.
fn served(store: &NetabaseStore, record: &Record) -> Option<Vec<u8>> {
    RecordStore::get(store, &record.key).map(|record| record.into_owned().value)
}

/// A record that another peer wrote.
fn foreign(title: &str, text: &str) -> Result<Record, DatabaseError> {
    Ok(NetabaseStore::new().database::<Note>()?.to_record(&note(title, text))?)
}

#[test]
fn a_local_write_is_own_and_hidden_from_kademlia() -> Result<(), Box<dyn Error>> {
    let store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    notes.put(&note("hi", "there"))?;
    let record = notes.get_record("hi")?.ok_or("it was stored")?;

    assert_eq!(
        state(&store, &record),
        Some(RecordState { own: true, wanted: true, served: false })
    );
    assert!(RecordStore::get(&store, &record.key).is_none());
    assert_eq!(RecordStore::records(&store).count(), 0);
    Ok(())
}

#[test]
fn what_kademlia_stores_is_served_and_hidden_from_databases() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    let record = foreign("hi", "there")?;
    RecordStore::put(&mut store, record.clone())?;

    assert_eq!(
        state(&store, &record),
        Some(RecordState { own: false, wanted: false, served: true })
    );
    assert_eq!((notes.get("hi")?, notes.len(), notes.iter().count()), (None, 0, 0));
    assert_eq!(served(&store, &record), Some(record.value.clone()));

    assert_eq!(notes.put_record(&record)?, PutOutcome::Equal, "now databases want it, too");
    assert_eq!(
        state(&store, &record),
        Some(RecordState { own: false, wanted: true, served: true })
    );
    assert_eq!((notes.get("hi")?, notes.len()), (Some(note("hi", "there")), 1));
    Ok(())
}

#[test]
fn what_the_local_peer_publishes_is_all_three() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    notes.put(&note("hi", "there"))?;
    let mut record = notes.to_record(&note("hi", "world"))?;
    record.publisher = Some(store.peer_id());
    RecordStore::put(&mut store, record.clone())?;

    assert_eq!(state(&store, &record), Some(RecordState { own: true, wanted: true, served: true }));
    assert_eq!(notes.get("hi")?, Some(note("hi", "world")));
    let served = RecordStore::get(&store, &record.key).ok_or("it is served")?.into_owned();
    assert_eq!(served.publisher, None, "the publisher field is nobody's business");
    Ok(())
}

#[test]
fn a_peer_cannot_touch_a_private_record() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    notes.put(&note("hi", "mine"))?;
    let mut record = foreign("hi", "theirs")?;

    assert!(RecordStore::put(&mut store, record.clone()).is_err());
    record.publisher = Some(PeerId::random());
    assert!(RecordStore::put(&mut store, record.clone()).is_err());
    RecordStore::remove(&mut store, &record.key);

    assert_eq!(notes.get("hi")?, Some(note("hi", "mine")));
    Ok(())
}

#[test]
fn a_peer_that_was_first_does_not_make_a_private_write_public() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    let record = foreign("hi", "squatted")?;
    RecordStore::put(&mut store, record.clone())?;

    assert_eq!(notes.put(&note("hi", "private"))?, None);

    assert!(RecordStore::get(&store, &record.key).is_none());
    assert_eq!(
        state(&store, &record),
        Some(RecordState { own: true, wanted: true, served: false })
    );
    Ok(())
}

#[test]
fn an_unpublished_record_stays_with_the_application() -> Result<(), Box<dyn Error>> {
    let (store, record) = published("hi", "there")?;
    let notes = store.database::<Note>()?;

    assert!(notes.unpublish("hi")?);
    assert!(!notes.unpublish("ho")?);

    assert!(RecordStore::get(&store, &record.key).is_none());
    assert_eq!(notes.get("hi")?, Some(note("hi", "there")));
    Ok(())
}

/// A store that has published one note, as a swarm around it does.
fn published(title: &str, text: &str) -> Result<(NetabaseStore, Record), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let mut record = store.database::<Note>()?.to_record(&note(title, text))?;
    record.publisher = Some(store.peer_id());
    RecordStore::put(&mut store, record.clone())?;
    Ok((store, record))
}

#[test]
fn what_a_peer_writes_over_a_tombstone_is_not_the_applications() -> Result<(), Box<dyn Error>> {
    let (mut store, record) = published("hi", "there")?;
    let notes = store.database::<Note>()?;
    notes.remove("hi")?;
    assert_eq!(
        state(&store, &record),
        Some(RecordState { own: true, wanted: false, served: true }),
        "the tombstone is the application's"
    );

    let minute_ahead = SystemClock::new().now().unix_ms + 60_000;
    let later = store_at(&ManualClock::at_unix_ms(minute_ahead));
    let theirs = later.database::<Note>()?.to_record(&note("hi", "theirs"))?;
    RecordStore::put(&mut store, theirs)?;
    assert_eq!(
        (notes.get("hi")?, notes.clear()?),
        (None, 0),
        "a peer's record is not the application's"
    );

    let (store, _) = published("ho", "there")?;
    let notes = store.database::<Note>()?;
    assert_eq!(notes.clear()?, 1);
    assert_eq!((notes.len(), store.record_count()), (0, 1), "the tombstone takes room");
    Ok(())
}

#[test]
fn kademlia_can_drop_a_tombstone_that_came_as_a_record() -> Result<(), Box<dyn Error>> {
    let (mut author, record) = published("hi", "there")?;
    author.database::<Note>()?.remove("hi")?;
    let tombstone = RecordStore::get(&author, &record.key).ok_or("it is served")?.into_owned();

    let mut store = NetabaseStore::new();
    store.database::<Note>()?.put_record(&tombstone)?;
    RecordStore::remove(&mut store, &record.key);
    RecordStore::remove(&mut author, &record.key);

    assert_eq!((store.record_count(), author.record_count()), (0, 0));
    Ok(())
}

#[test]
fn a_signature_on_a_record_that_is_not_owned_is_refused() -> Result<(), Box<dyn Error>> {
    let notes = NetabaseStore::new().database::<Note>()?;
    let mut record = foreign("hi", "there")?;
    record.value[8] |= 0b0100_0000;
    record.value.extend([7; 96]);
    let refused = notes.put_record(&record);
    let expected = RecordError::UnexpectedSignature { schema: "note" };
    assert_eq!(refused, Err(ArrivalError::Record(expected)));
    Ok(())
}

#[test]
fn local_and_owned_records_are_not_accepted_from_peers() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let users = store.database::<User>()?;
    let record = users.to_record(&user(7))?;
    assert!(RecordStore::put(&mut store, record.clone()).is_err());
    assert_eq!(users.put_record(&record)?, PutOutcome::Stored, "the application may");

    let other = NetabaseStore::new().database::<Profile>()?;
    other.put(&profile("ada"))?;
    let record = other.get_record("ada")?.ok_or("it was stored")?;
    store.database::<Profile>()?;
    assert!(RecordStore::put(&mut store, record).is_err());
    Ok(())
}

#[test]
fn the_largest_value_wins_in_any_order() -> Result<(), Box<dyn Error>> {
    let author = NetabaseStore::new().database::<Note>()?;
    let versions: Vec<Record> = ["one", "two", "three"]
        .map(|text| author.to_record(&note("hi", text)))
        .into_iter()
        .collect::<Result<_, _>>()?;
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let notes = NetabaseStore::new().database::<Note>()?;
        let mut largest = None;
        for version in order {
            let outcome = notes.put_record(&versions[version])?;
            let newer = largest.is_none_or(|largest| version > largest);
            assert_eq!(outcome, if newer { PutOutcome::Stored } else { PutOutcome::Outdated });
            largest = largest.max(Some(version));
        }
        assert_eq!(notes.get("hi")?, Some(note("hi", "three")));
    }
    Ok(())
}

#[test]
fn removing_a_published_record_leaves_a_tombstone_for_peers() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    let mut record = notes.to_record(&note("hi", "there"))?;
    record.publisher = Some(store.peer_id());
    RecordStore::put(&mut store, record.clone())?;

    assert!(notes.remove("hi")?);

    assert_eq!((notes.get("hi")?, notes.len(), notes.iter().count()), (None, 0, 0));
    assert!(!notes.remove("hi")?, "a tombstone is no value");
    let tombstone = RecordStore::get(&store, &record.key).ok_or("it is served")?.into_owned();
    assert!(Envelope::parse(&tombstone.value)?.tombstone);
    assert!(tombstone.value > record.value, "it wins over what it deletes");
    assert!(RecordStore::put(&mut store, foreign_copy(&record)).is_err(), "a late replica loses");

    let elsewhere = NetabaseStore::new().database::<Note>()?;
    assert_eq!(elsewhere.put_record(&record)?, PutOutcome::Stored);
    assert_eq!(elsewhere.put_record(&tombstone)?, PutOutcome::Stored);
    assert_eq!(elsewhere.get("hi")?, None, "deleted there, too");

    notes.put(&note("hi", "again"))?;
    assert_eq!(notes.get("hi")?, Some(note("hi", "again")), "and it can come back");
    Ok(())
}

fn foreign_copy(record: &Record) -> Record {
    Record { publisher: None, ..record.clone() }
}

#[test]
fn removing_somebody_elses_record_forgets_only_the_local_view() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    let record = foreign("hi", "there")?;
    RecordStore::put(&mut store, record.clone())?;
    notes.put_record(&record)?;

    assert_eq!(notes.clear()?, 0, "it is not own");
    assert!(notes.remove("hi")?);

    assert_eq!(notes.get("hi")?, None);
    assert_eq!(served(&store, &record), Some(record.value));
    RecordStore::remove(&mut store, &record.key);
    assert_eq!(store.record_count(), 0);
    Ok(())
}

#[test]
fn raw_records_show_everything_in_key_order() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let (notes, users) = (store.database::<Note>()?, store.database::<User>()?);
    users.load((0..1000).map(user))?;
    notes.put(&note("mine", ""))?;
    RecordStore::put(&mut store, foreign("theirs", "")?)?;

    let all: Vec<_> = store.raw_records().collect();
    assert_eq!(all.len(), store.record_count());
    assert!(all.is_sorted_by(|a, b| a.record.key.as_ref() < b.record.key.as_ref()));
    let by_schema = all.iter().fold(BTreeMap::new(), |mut counts, raw| {
        let key = netabase::RecordKey::parse(raw.record.key.as_ref()).expect("all keys are ours");
        *counts.entry((key.schema, key.access)).or_insert(0) += 1;
        counts
    });
    assert_eq!(
        by_schema,
        BTreeMap::from([(("note", Access::Open), 2), (("user", Access::Local), 1000)])
    );
    assert_eq!(store.raw_records_with_prefix(b"/netabase/note/").count(), 2);
    assert_eq!(store.raw_records_with_prefix(b"/pk/").count(), 0);
    Ok(())
}

/// After any mixture of what databases, kad and other peers do: counts, bytes, views and order agree.
#[test]
fn counts_and_views_agree_after_any_mixture_of_calls() -> Result<(), Box<dyn Error>> {
    let mut rng = SmallRng::seed_from_u64(20_261_124);
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    for step in 0..30_000 {
        let title = rng.random_range(0..20_u8).to_string();
        let text = "x".repeat(rng.random_range(0..5));
        match rng.random_range(0..9) {
            0 | 1 => drop(notes.put(&note(&title, &text))?),
            2 => drop(notes.remove(&title)?),
            3 => drop(notes.put_record(&foreign(&title, &text)?)?),
            4 | 5 => drop(RecordStore::put(&mut store, foreign(&title, &text)?)),
            6 => {
                let publisher = Some(store.peer_id());
                let record = notes.to_record(&note(&title, &text))?;
                drop(RecordStore::put(&mut store, Record { publisher, ..record }));
            }
            7 => RecordStore::remove(&mut store, &foreign(&title, "")?.key),
            _ if rng.random_ratio(1, 50) => drop(notes.clear()?),
            _ => {}
        }
        agree(&store, &notes).map_err(|error| format!("step {step}: {error}"))?;
    }
    Ok(())
}

fn agree(store: &NetabaseStore, notes: &MemoryStoreDatabase<Note>) -> Result<(), Box<dyn Error>> {
    let raw: Vec<_> = store.raw_records().collect();
    assert_eq!(raw.len(), store.record_count());
    let bytes: usize =
        raw.iter().map(|raw| raw.record.key.as_ref().len() + raw.record.value.len()).sum();
    assert_eq!(bytes, store.byte_count());
    let shown = raw.iter().filter(|raw| raw.state.wanted).filter_map(|raw| {
        let value = Note::try_from(&raw.record).ok()?;
        Some(value)
    });
    let shown: Vec<Note> = shown.collect();
    assert_eq!(shown, notes.iter().collect::<Result<Vec<_>, _>>()?);
    assert_eq!((shown.len(), shown.len()), (notes.len(), notes.scan().len()));
    let served = raw.iter().filter(|raw| raw.state.served).count();
    assert_eq!(served, RecordStore::records(store).count());
    Ok(())
}
