//! Everything comes back as it was.

use std::{error::Error, time::Duration};

use libp2p::kad::store::RecordStore;
use netabase::{Access, Durability, NetabaseSchema, NetabaseStore, OpenError, PutOutcome, Source};
use serde::{Deserialize, Serialize};

use super::Disk;
use crate::authors::{HOUR, contents, minutes, store_of, sync};
use crate::schemas::{Note, Profile, User, note, profile, user};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Town {
    #[netabase(key)]
    name: String,
    #[netabase(index)]
    country: String,
    #[netabase(index(unique))]
    code: u32,
}

fn town(name: &str, country: &str, code: u32) -> Town {
    Town { name: name.into(), country: country.into(), code }
}

#[test]
fn values_indexes_and_counts_come_back() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    let towns = store.database::<Town>()?;
    let country = |code| if code % 2 == 0 { "IS" } else { "NO" };
    towns.load((0..2000).map(|code| town(&format!("town {code}"), country(code), code)))?;
    towns.remove("town 7")?;
    let before = contents(&store);
    drop((store, towns));

    let store = disk.open()?;
    assert_eq!(contents(&store), before);
    let towns = store.database::<Town>()?;

    assert_eq!((towns.len(), store.record_count()), (1999, 1999));
    assert_eq!(towns.index(Town::COUNTRY).get("IS")?.count(), 1000);
    assert_eq!(towns.index(Town::COUNTRY).get("NO")?.count(), 999);
    assert_eq!(towns.get("town 8")?, Some(town("town 8", "IS", 8)));
    assert_eq!(towns.get("town 7")?, None);
    let taken = towns.put(&town("another", "NO", 8));
    assert!(taken.is_err_and(|error| error.to_string().contains("unique")), "8 is taken");
    towns.put(&town("town 8", "NO", 8))?;
    assert_eq!(towns.index(Town::COUNTRY).get("IS")?.count(), 999);
    Ok(())
}

#[test]
fn a_store_of_its_own_identity_has_it_again() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let peer = NetabaseStore::open(directory.path())?.peer_id();
    assert_eq!(NetabaseStore::open(directory.path())?.peer_id(), peer);
    Ok(())
}

#[test]
fn what_is_published_is_served_and_renewed_though_no_database_was_opened()
-> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    let (profiles, notes) = (store.database::<Profile>()?, store.database::<Note>()?);
    profiles.put(&profile("ada"))?;
    notes.put(&note("hi", "there"))?;
    notes.put(&note("private", "mine"))?;
    notes.remove("private")?;
    let records = [sync(&profiles)?, sync(&notes)?].concat();
    assert_eq!(records.len(), 2);
    drop((store, profiles, notes));

    let store = disk.open()?;
    for record in &records {
        let served = RecordStore::get(&store, &record.key).ok_or("it is served")?;
        assert_eq!(served.value, record.value);
    }

    // Opened later, it is what it was: own, published, and renewed in time.
    disk.wait(minutes(40));
    let profiles = store.database::<Profile>()?;
    let renewed = profiles.get_republish_records(9);
    assert_eq!(renewed.len(), 1);
    profiles.put(&profile("ada"))?;
    let record = RecordStore::get(&store, &records[0].key).ok_or("it is served")?.into_owned();
    assert!(record.value > records[0].value);
    let elsewhere = store_of(2, &disk.clock, HOUR).database::<Profile>()?;
    assert_eq!(elsewhere.put_record(&record)?, PutOutcome::Stored);
    assert!(profiles.remove("ada")?);
    let tombstone = RecordStore::get(&store, &records[0].key).ok_or("it is served")?.into_owned();
    assert_eq!(elsewhere.put_record(&tombstone)?, PutOutcome::Stored);
    assert_eq!(elsewhere.len(), 0, "the removal reaches others");
    Ok(())
}

#[test]
fn states_sources_and_publishers_come_back() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let theirs = store_of(2, &disk.clock, HOUR);
    let (profiles, notes) = (theirs.database::<Profile>()?, theirs.database::<Note>()?);
    let (signed, open) =
        (profiles.to_record(&profile("bob"))?, notes.to_record(&note("hi", "there"))?);
    let source = Source::of_ip([192, 0, 2, 7].into());
    let store = disk.open()?;
    store.database::<Note>()?;
    // No database of it is ever opened before the restart.
    store.put_from(&signed, source)?;
    store.put_from(&open, source)?;
    let users = store.database::<User>()?;
    users.put(&user(1))?;
    users.put_record(&theirs.database::<User>()?.to_record(&user(2))?)?;
    let about = |store: &NetabaseStore| {
        let states: Vec<_> = store.raw_records().map(|raw| (raw.record, raw.state)).collect();
        let mut sources = store.sources();
        sources.sort_by_key(|(source, _)| source.to_string());
        let publishers = store.publisher_usage(&theirs.peer_id());
        (states, sources, publishers)
    };
    let before = about(&store);
    drop((store, users));

    let store = disk.open()?;
    assert_eq!(about(&store), before);
    let (users, profiles) = (store.database::<User>()?, store.database::<Profile>()?);
    assert_eq!(about(&store), before, "opening a database changes none of it");
    assert_eq!((users.len(), users.get_local_records().count()), (2, 1));
    assert_eq!(profiles.of(theirs.peer_id()).with_held().iter().count(), 1);
    Ok(())
}

#[test]
fn a_removal_comes_back_and_keeps_late_copies_out() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    let notes = store.database::<Note>()?;
    notes.put(&note("hi", "there"))?;
    let late = sync(&notes)?.remove(0);
    notes.remove("hi")?;
    drop((store, notes));

    let store = disk.open()?;
    let notes = store.database::<Note>()?;
    assert_eq!(notes.len(), 0);
    assert_eq!(store.put_from(&late, Source::UNKNOWN), Ok(PutOutcome::Outdated));
    Ok(())
}

#[test]
fn timestamps_never_come_twice() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let mut last = None;
    for run in 0..5 {
        let store = disk.open()?;
        let notes = store.database::<Note>()?;
        for at in 0..3 {
            let record = notes.to_record(&note("hi", &format!("{run} {at}")))?;
            let timestamp = netabase::Envelope::parse(&record.value)?.timestamp;
            assert!(Some(timestamp) > last, "{timestamp} in run {run}");
            last = Some(timestamp);
        }
        // The clock of the machine goes back.
        disk.clock.set_unix_ms(crate::authors::NOW_MS - run * 1000);
    }
    Ok(())
}

mod later {
    use netabase::NetabaseSchema;
    use serde::{Deserialize, Serialize};

    /// [`User`](super::User) as a later program declares it, by mistake with the same version.
    #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    pub(super) struct User {
        #[netabase(key)]
        pub(super) id: u64,
        pub(super) name: u8,
        pub(super) more: Vec<u64>,
    }

    /// One whose access was changed.
    #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(name = "user", access = "open")]
    pub(super) struct OpenUser {
        #[netabase(key)]
        pub(super) id: u64,
    }
}

#[test]
fn values_that_a_changed_type_cannot_read_stay_until_one_can() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    store.database::<User>()?.put(&user(1))?;
    drop(store);

    let store = disk.open()?;
    assert_eq!(store.database::<later::User>()?.len(), 0, "it reads none of it");
    assert_eq!(store.record_count(), 1, "and drops none of it");
    drop(store);

    let store = disk.open()?;
    let refused = store.database::<later::OpenUser>().map(drop);
    assert!(
        matches!(
            refused,
            Err(OpenError::AccessChanged { stored: Access::Local, declared: Access::Open, .. })
        ),
        "{refused:?}"
    );
    assert_eq!(store.database::<User>()?.get(&1)?, Some(user(1)));
    Ok(())
}

#[test]
fn a_disk_may_lag_behind_for_ever() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let for_ever = Durability::Buffered { within: Duration::MAX };
    let store = disk.builder().durability(for_ever).build()?;
    let towns = store.database::<Town>()?;
    towns.put(&town("Reykjavik", "IS", 101))?;
    store.transaction(|tx| {
        tx.set_durability(for_ever);
        tx.put(&towns, &town("Akureyri", "IS", 600))
    })?;
    store.sync()?;
    drop((store, towns));
    assert_eq!(disk.open()?.database::<Town>()?.len(), 2);
    Ok(())
}

#[test]
fn a_transaction_is_on_disk_once_it_returns_if_it_says_so() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let slow = Durability::Buffered { within: minutes(60) };
    let store = disk.builder().durability(slow).build()?;
    let users = store.database::<User>()?;
    users.put(&user(1))?;
    assert!(store.health().waiting_bytes > 0, "it is not written yet");

    store.transaction(|tx| {
        tx.set_durability(Durability::Synced);
        tx.put(&users, &user(2))
    })?;
    assert_eq!(store.health().waiting_bytes, 0, "what came before is written, too");
    users.put(&user(3))?;
    assert!(store.health().waiting_bytes > 0);
    store.sync()?;
    assert_eq!(store.health().waiting_bytes, 0);
    Ok(())
}
