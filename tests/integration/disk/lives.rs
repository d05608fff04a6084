//! Ends of life over restarts: in the store's own time, which the wall clock moves while it is closed.

use std::{error::Error, time::Duration};

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize};

use super::Disk;
use crate::authors::{NOW_MS, minutes};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(ttl = "1h")]
struct Session {
    #[netabase(key)]
    id: u64,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn a_life_goes_on_while_the_store_is_closed() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    disk.open()?.database::<Session>()?.put(&Session { id: 1 })?;

    disk.wait(minutes(59));
    assert_eq!(disk.open()?.database::<Session>()?.len(), 1);
    disk.wait(minutes(1));
    assert_eq!(disk.open()?.database::<Session>()?.len(), 0);
    Ok(())
}

#[test]
fn a_wall_clock_that_is_set_back_prolongs_no_life_while_the_store_is_open()
-> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    disk.open()?.database::<Session>()?.put(&Session { id: 1 })?;
    disk.clock.set_unix_ms(NOW_MS - 1_000_000_000);

    let sessions = disk.open()?.database::<Session>()?;
    assert_eq!(sessions.len(), 1);
    disk.wait(minutes(60));
    assert_eq!(sessions.len(), 0);
    Ok(())
}

#[test]
fn a_clock_that_was_never_set_ends_at_most_an_hour() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    // A machine that boots in 1970 until it asks for the time.
    disk.clock.set_unix_ms(1000);
    let sessions = disk.open()?.database::<Session>()?;
    sessions.put_with_ttl(&Session { id: 1 }, Some(minutes(61)))?;
    sessions.put_with_ttl(&Session { id: 2 }, Some(minutes(60)))?;
    drop(sessions);
    disk.clock.set_unix_ms(NOW_MS);

    let sessions = disk.open()?.database::<Session>()?;
    assert_eq!((sessions.contains(&1)?, sessions.contains(&2)?), (true, false));
    Ok(())
}

#[test]
fn what_has_expired_leaves_the_disk_a_day_later() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let on_disk = || Ok::<_, Box<dyn Error>>(netabase::NetabaseStore::verify(disk.path())?.records);
    disk.open()?.database::<Session>()?.put(&Session { id: 1 })?;
    disk.wait(minutes(60));
    let store = disk.open()?;
    assert_eq!(store.record_count(), 0);
    drop(store);
    assert_eq!(on_disk()?, 1, "a clock that was wrong ends nothing for good");

    disk.wait(DAY);
    drop(disk.open()?);
    assert_eq!(on_disk()?, 0);
    Ok(())
}

#[test]
fn a_store_that_stays_open_purges_the_disk_too() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    let sessions = store.database::<Session>()?;
    sessions.load((0..10_000).map(|id| Session { id }))?;
    disk.wait(minutes(60));
    while !store.maintain_store().is_complete {}
    disk.wait(DAY);
    store.maintain_store();
    sessions.put(&Session { id: 1 })?;

    // In the background: a copy tells how far it is.
    let copies = tempfile::tempdir()?;
    for copy in 0.. {
        let to = copies.path().join(copy.to_string());
        store.backup(&to)?;
        if netabase::NetabaseStore::verify(&to)?.records == 1 {
            break;
        }
    }
    Ok(())
}
