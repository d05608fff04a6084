//! A store of format 1, as it was written when the format was made: every later version opens it.

use std::{error::Error, fs, path::Path};

use libp2p::kad::store::RecordStore;
use netabase::{NetabaseSchema, NetabaseStore, Source};
use serde::{Deserialize, Serialize};

use super::Disk;
use crate::authors::{HOUR, minutes, store_of, sync};
use crate::schemas::{Note, Profile, User, note, profile, user};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/integration/disk/golden/format-1.redb");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(name = "golden_session", ttl = "2h")]
struct Session {
    #[netabase(key)]
    id: u64,
    #[netabase(index)]
    user: String,
}

fn session(id: u64) -> Session {
    Session { id, user: "ada".into() }
}

/// Writes what [`a_store_of_format_1_is_opened`] reads. Only ever run for a new format.
#[test]
#[ignore = "it writes the file that the other test reads"]
fn write_a_store_of_the_current_format() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    let theirs = store_of(2, &disk.clock, HOUR).database::<Profile>()?;
    store.put_from(&theirs.to_record(&profile("bob"))?, Source::of_ip([192, 0, 2, 7].into()))?;
    store.database::<User>()?.load((0..3).map(user))?;
    store.database::<Session>()?.put(&session(7))?;
    let notes = store.database::<Note>()?;
    notes.put(&note("hi", "there"))?;
    notes.put(&note("removed", "there"))?;
    sync(&notes)?;
    notes.remove("removed")?;
    store.compact()?;
    drop((store, notes));
    fs::create_dir_all(Path::new(GOLDEN).parent().ok_or("it is in a directory")?)?;
    fs::copy(disk.path().join("records.redb"), GOLDEN)?;
    Ok(())
}

#[test]
fn a_store_of_format_1_is_opened() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    fs::copy(GOLDEN, disk.path().join("records.redb"))?;
    let report = NetabaseStore::verify(disk.path())?;
    assert_eq!((report.records, report.signed, report.schemas), (7, 1, 3));
    disk.wait(minutes(10));

    let store = disk.open()?;
    let (notes, sessions) = (store.database::<Note>()?, store.database::<Session>()?);
    let users: Vec<_> = store.database::<User>()?.iter().collect::<Result<_, _>>()?;
    assert_eq!(users, [user(0), user(1), user(2)]);
    assert_eq!(sessions.index(Session::USER).get("ada")?.count(), 1);
    assert_eq!(notes.iter().collect::<Result<Vec<_>, _>>()?, [note("hi", "there")]);
    for title in ["hi", "removed"] {
        assert!(RecordStore::get(&store, &notes.record_key(title)?).is_some(), "{title} is served");
    }
    let bob = store_of(2, &disk.clock, HOUR).peer_id();
    let profiles = store.database::<Profile>()?.of(bob).with_held();
    assert_eq!(profiles.iter().collect::<Result<Vec<_>, _>>()?, [profile("bob")]);
    disk.wait(minutes(110));
    assert_eq!(sessions.len(), 0, "its life has gone on");
    Ok(())
}
