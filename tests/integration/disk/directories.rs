//! Directories that cannot be opened: each says what to do, and none is taken for an empty one.

use std::{error::Error, fs};

use netabase::{BuildError, DiskError, NetabaseStore};

use super::Disk;
use crate::authors::identity;
use crate::schemas::{User, user};

/// Why a directory is refused.
fn refusal(opened: Result<NetabaseStore, BuildError>) -> Result<DiskError, Box<dyn Error>> {
    match opened {
        Err(BuildError::Disk(error)) => Ok(error),
        Err(error) => Err(error.into()),
        Ok(_) => Err("it was opened".into()),
    }
}

/// A store of one user, closed.
fn closed() -> Result<Disk, Box<dyn Error>> {
    let disk = Disk::new()?;
    disk.open()?.database::<User>()?.put(&user(1))?;
    Ok(disk)
}

#[test]
fn a_second_store_is_refused_while_the_first_is_open() -> Result<(), Box<dyn Error>> {
    let disk = closed()?;
    let first = disk.open()?;
    let second = refusal(disk.open())?;
    assert!(matches!(second, DiskError::InUse { .. }), "{second}");
    drop(first);
    disk.open()?;
    Ok(())
}

#[test]
fn another_network_or_peer_is_refused() -> Result<(), Box<dyn Error>> {
    let disk = closed()?;
    let network = refusal(disk.builder().network("another").build())?;
    assert!(matches!(network, DiskError::OtherNetwork { .. }), "{network}");
    let peer = refusal(disk.builder().identity(identity(2)).build())?;
    assert!(matches!(peer, DiskError::OtherPeer { .. }), "{peer}");
    let none = refusal(NetabaseStore::builder().network("test").path(disk.path()).build())?;
    assert!(matches!(none, DiskError::NoIdentity { .. }), "{none}");
    assert_eq!(disk.open()?.record_count(), 1);
    Ok(())
}

#[test]
fn missing_records_are_not_an_empty_store() -> Result<(), Box<dyn Error>> {
    let disk = closed()?;
    fs::remove_file(disk.path().join("records.redb"))?;
    let missing = refusal(disk.open())?;
    assert!(matches!(missing, DiskError::Missing { .. }), "{missing}");
    fs::remove_file(disk.path().join("lock"))?;
    assert_eq!(disk.open()?.record_count(), 0, "as the error says");
    Ok(())
}

#[test]
fn foreign_and_empty_files_are_refused_and_left_alone() -> Result<(), Box<dyn Error>> {
    for content in [Vec::new(), b"not a store".to_vec(), vec![0; 100_000]] {
        let disk = Disk::new()?;
        let records = disk.path().join("records.redb");
        fs::write(&records, &content)?;
        let foreign = refusal(disk.open())?;
        assert!(matches!(foreign, DiskError::Foreign { .. }), "{foreign}");
        assert_eq!(fs::read(&records)?, content);
    }
    Ok(())
}

#[test]
fn a_file_cut_anywhere_is_refused() -> Result<(), Box<dyn Error>> {
    let disk = closed()?;
    let records = disk.path().join("records.redb");
    let whole = fs::read(&records)?;
    for len in (0..whole.len()).step_by(whole.len() / 16) {
        fs::write(&records, &whole[..len])?;
        let cut = refusal(disk.open())?;
        assert!(
            matches!(
                cut,
                DiskError::Foreign { .. } | DiskError::Corrupt { .. } | DiskError::Io { .. }
            ),
            "{len}: {cut}"
        );
    }
    fs::write(&records, whole)?;
    assert_eq!(disk.open()?.record_count(), 1);
    Ok(())
}

#[test]
fn a_file_that_cannot_be_a_directory_is_refused() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("file");
    fs::write(&file, "here")?;
    let refused = refusal(NetabaseStore::open(&file))?;
    assert!(matches!(refused, DiskError::Io { .. }), "{refused}");
    Ok(())
}

#[test]
fn a_backup_while_writers_write_is_one_moments_state() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    let users = store.database::<User>()?;
    let elsewhere = tempfile::tempdir()?;
    let to = elsewhere.path().join("deep/backup");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| users.load((0..20_000).map(user)));
        while users.is_empty() {
            std::thread::yield_now();
        }
        store.backup(&to)?;
        writer.join().map_err(|_| "the writer panicked")??;
        Ok::<_, Box<dyn Error>>(())
    })?;

    let again = store.backup(&to);
    assert!(matches!(again, Err(DiskError::Exists { .. })), "{again:?}");
    let copy = NetabaseStore::builder().identity(identity(1)).network("test").path(&to).build()?;
    let copied = copy.database::<User>()?;
    let len = copied.len() as u64;
    assert!(len > 0 && (0..len).all(|id| copied.contains(&id).is_ok_and(|there| there)));
    Ok(())
}

#[test]
fn a_store_in_memory_has_nothing_to_back_up_or_compact() {
    let store = NetabaseStore::new();
    let results = [store.backup("anywhere"), store.compact()];
    assert!(results.iter().all(|result| *result == Err(DiskError::InMemory)), "{results:?}");
    assert_eq!(store.sync(), Ok(()));
}

#[test]
fn compaction_makes_the_file_smaller_and_keeps_all() -> Result<(), Box<dyn Error>> {
    let disk = Disk::new()?;
    let store = disk.open()?;
    let users = store.database::<User>()?;
    users.load((0..50_000).map(user))?;
    users.remove_batch((0..49_000).collect::<Vec<_>>().iter())?;
    store.sync()?;
    let len = || Ok::<_, std::io::Error>(fs::metadata(disk.path().join("records.redb"))?.len());
    let before = len()?;
    store.compact()?;
    assert!(len()? < before / 4, "{before} bytes became {}", len()?);
    drop((store, users));
    assert_eq!(disk.open()?.database::<User>()?.len(), 1000);
    Ok(())
}
