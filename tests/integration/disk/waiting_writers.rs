//! Writers that wait for a disk which fails meanwhile: all of them are told.

use std::{
    error::Error,
    io::{self, ErrorKind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use netabase::{DiskError, Durability, ManualClock, NetabaseStore};
use redb::StorageBackend;

use super::{
    sim_disk::SimDisk,
    workload::{Item, Op, Shop, Step, disk_error},
};
use crate::authors::{NETWORK, NOW_MS, identity, minutes};

/// A disk whose syncs wait, if they are to, and then fail.
#[derive(Clone, Debug, Default)]
struct SlowDisk {
    disk: SimDisk,
    syncs: Arc<(Mutex<Syncs>, Condvar)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Syncs {
    #[default]
    Succeed,
    /// The next one waits.
    Wait,
    /// One does.
    Waiting,
    Fail,
}

impl SlowDisk {
    fn syncs(&self) -> MutexGuard<'_, Syncs> {
        self.syncs.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, syncs: Syncs) {
        *self.syncs() = syncs;
        self.syncs.1.notify_all();
    }

    /// Waits until syncs are no longer, or at last, like this.
    fn wait(&self, is_over: impl Fn(Syncs) -> bool) {
        let mut syncs = self.syncs();
        while !is_over(*syncs) {
            syncs = self.syncs.1.wait(syncs).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl StorageBackend for SlowDisk {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.disk.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        if *self.syncs() == Syncs::Wait {
            self.set(Syncs::Waiting);
            self.wait(|syncs| syncs != Syncs::Waiting);
        }
        if *self.syncs() == Syncs::Fail {
            Err(ErrorKind::Other.into())
        } else {
            self.disk.sync_data()
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.disk.write(offset, data)
    }
}

fn item(id: u16) -> Item {
    Item { id, shelf: 0, code: u64::from(id), content: Vec::new() }
}

fn synced(id: u16) -> Step {
    let (ops, durability) = (vec![Op::Put(item(id))], Some(Durability::Synced));
    Step { ops, durability, syncs: false, publishes: false }
}

/// A store on such a disk, with one value that ends after a minute.
fn open(disk: &SlowDisk, clock: &ManualClock) -> Result<Shop, Box<dyn Error>> {
    let builder = NetabaseStore::builder().identity(identity(1)).network(NETWORK);
    let shop = Shop::open(builder.clock(clock.clone()).storage(disk.clone()).build()?)?;
    shop.items.put_with_ttl(&item(1), Some(minutes(1)))?;
    shop.store.sync()?;
    Ok(shop)
}

/// Lets a writer wait behind a sync that is under way and fails, and checks that it is told.
fn fails_behind(disk: &SlowDisk, shop: &Shop) -> Result<(), Box<dyn Error>> {
    disk.wait(|syncs| syncs == Syncs::Waiting);
    let (told, is_told) = mpsc::sync_channel(1);
    let writer = shop.clone();
    // It may wait for ever: then this test says so.
    thread::spawn(move || told.send(writer.commit(&synced(2)).err()));
    while shop.store.health().waiting_bytes == 0 {
        thread::yield_now();
    }
    disk.set(Syncs::Fail);
    let error = is_told.recv_timeout(Duration::from_secs(60)).map_err(|_| "it still waits")?;
    let error = error.ok_or("it was told that all is well")?;
    assert!(
        matches!(disk_error(&error), Some(DiskError::NotDurable { applied: true, .. })),
        "{error}"
    );
    assert!(!shop.store.health().is_writable);
    assert_eq!(shop.items.get(&2)?, Some(item(2)), "it was applied");
    Ok(())
}

#[test]
fn a_writer_is_told_that_the_group_before_its_own_has_failed() -> Result<(), Box<dyn Error>> {
    let disk = SlowDisk::default();
    let shop = open(&disk, &ManualClock::at_unix_ms(NOW_MS))?;
    disk.set(Syncs::Wait);
    shop.items.put(&item(3))?;
    fails_behind(&disk, &shop)
}

#[test]
fn a_writer_is_told_that_a_purge_of_the_disk_has_failed() -> Result<(), Box<dyn Error>> {
    let (disk, clock) = (SlowDisk::default(), ManualClock::at_unix_ms(NOW_MS));
    let shop = open(&disk, &clock)?;
    clock.advance(minutes(26 * 60));
    disk.set(Syncs::Wait);
    shop.store.maintain_store();
    fails_behind(&disk, &shop)
}
