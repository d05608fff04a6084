//! Storages that fail: what was committed before is there, nothing is tried again, and reads go on.

use std::{
    error::Error,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use netabase::{DiskError, Durability, NetabaseStore, NetabaseStoreBuilder, WriteError};

use crate::authors::{NETWORK, identity};
use crate::schemas::{User, user};

/// A storage in memory that outlives its stores, and can be told to fail.
#[derive(Clone, Debug, Default)]
struct Storage {
    bytes: Arc<Mutex<Vec<u8>>>,
    fails: Arc<AtomicBool>,
}

impl Storage {
    fn builder(&self) -> NetabaseStoreBuilder {
        let builder = NetabaseStore::builder().identity(identity(1)).network(NETWORK);
        builder.durability(Durability::Synced).storage(self.clone())
    }

    fn check(&self) -> io::Result<()> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn with<R>(&self, work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        work(&mut self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn range(offset: u64, len: usize) -> io::Result<std::ops::Range<usize>> {
    let start = usize::try_from(offset).map_err(io::Error::other)?;
    Ok(start..start + len)
}

impl redb::StorageBackend for Storage {
    fn len(&self) -> io::Result<u64> {
        Ok(self.with(|bytes| bytes.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let range = range(offset, out.len())?;
        self.with(|bytes| bytes.get(range).map(|found| out.copy_from_slice(found)))
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check()?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        self.with(|bytes| bytes.resize(len, 0));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check()?;
        let range = range(offset, data.len())?;
        self.with(|bytes| bytes.get_mut(range).map(|found| found.copy_from_slice(data)))
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

#[test]
fn a_disk_that_fails_makes_the_store_read_only_until_it_is_opened_again()
-> Result<(), Box<dyn Error>> {
    let storage = Storage::default();
    let store = storage.builder().build()?;
    let users = store.database::<User>()?;
    users.put(&user(1))?;

    storage.fails.store(true, Ordering::Relaxed);
    let failed = users.put(&user(2));
    let not_durable =
        matches!(&failed, Err(WriteError::Disk(DiskError::NotDurable { applied: true, .. })));
    assert!(not_durable, "{failed:?}");
    assert_eq!(users.get(&2)?, Some(user(2)), "readers may have seen it");
    storage.fails.store(false, Ordering::Relaxed);
    let refused = users.put(&user(3));
    assert!(matches!(refused, Err(WriteError::Disk(DiskError::ReadOnly { .. }))), "{refused:?}");
    assert_eq!(users.get(&3)?, None);
    assert!(store.sync().is_err());
    let health = store.health();
    assert!(!health.is_writable && matches!(health.failure, Some(DiskError::Full { .. })));
    drop((store, users));

    let store = storage.builder().build()?;
    let users = store.database::<User>()?;
    assert_eq!(users.get(&1)?, Some(user(1)));
    users.put(&user(3))?;
    assert!(store.health().is_writable);
    Ok(())
}
