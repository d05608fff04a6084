//! A disk of the tests: it loses, keeps or tears what was not synced when its power goes, and fails the calls that it is
//! told to fail.

use std::{
    io::{self, ErrorKind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::SliceRandom};
use redb::StorageBackend;

/// What a disk writes whole, or not at all.
const SECTOR: usize = 512;

/// The error of a disk without power.
pub(crate) const NO_POWER: ErrorKind = ErrorKind::NotConnected;

/// A disk in memory. Its clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimDisk(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    /// What is read: all that was written.
    seen: Vec<u8>,
    /// What the last sync has made last.
    synced: Vec<u8>,
    /// What was changed since, in order.
    pending: Vec<Change>,
    calls: u64,
    fault: Option<Fault>,
    has_failed: bool,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Resize(usize),
}

/// Which calls fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// The number of the first one, from 0; writes, syncs and changes of the length count, and reads do not.
    pub(crate) at: u64,
    pub(crate) kind: ErrorKind,
    /// `true` if all that follow fail, too, and reads with them.
    pub(crate) lasts: bool,
}

/// What becomes of changes that were not synced when the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsynced {
    Lost,
    Kept,
    /// The first so many are kept.
    Prefix,
    /// Each is kept or lost, and those that are kept come in any order.
    Any,
    /// Of each some sectors are written.
    Torn,
}

impl Unsynced {
    pub(crate) const ALL: [Self; 5] = [Self::Lost, Self::Kept, Self::Prefix, Self::Any, Self::Torn];
}

impl SimDisk {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has calls fail from now on, counted anew.
    pub(crate) fn fail(&self, fault: Fault) {
        let mut platter = self.platter();
        (platter.calls, platter.fault, platter.has_failed) = (0, Some(fault), false);
    }

    /// Returns whether a call has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.platter().has_failed
    }

    /// Returns a disk that holds what this one shows: the process ended, and the machine went on.
    pub(crate) fn without_process(&self) -> Self {
        Self::holding(self.platter().seen.clone())
    }

    /// Returns a disk that holds what is left of this one after its power went.
    pub(crate) fn without_power(&self, unsynced: Unsynced, seed: u64) -> Self {
        let platter = self.platter();
        let mut image = platter.synced.clone();
        let mut dice = SmallRng::seed_from_u64(seed);
        let mut changes: Vec<_> = platter.pending.iter().collect();
        match unsynced {
            Unsynced::Lost => changes.clear(),
            Unsynced::Kept | Unsynced::Torn => {}
            Unsynced::Prefix => changes.truncate(dice.random_range(0..=changes.len())),
            Unsynced::Any => {
                changes.retain(|_| dice.random());
                changes.shuffle(&mut dice);
            }
        }
        for change in changes {
            match change {
                Change::Write { offset, data } if unsynced == Unsynced::Torn => {
                    for (at, sector) in data.chunks(SECTOR).enumerate() {
                        if dice.random() {
                            write(&mut image, offset + at * SECTOR, sector);
                        }
                    }
                }
                Change::Write { offset, data } => write(&mut image, *offset, data),
                // A file is not made shorter before its last sync says that nothing there is needed.
                Change::Resize(len) if unsynced == Unsynced::Torn && dice.random() => {
                    image.resize(image.len().max(*len), 0);
                }
                Change::Resize(len) => image.resize(*len, 0),
            }
        }
        Self::holding(image)
    }

    fn holding(image: Vec<u8>) -> Self {
        let platter = Platter { seen: image.clone(), synced: image, ..Platter::default() };
        Self(Arc::new(Mutex::new(platter)))
    }
}

fn write(image: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if image.len() < end {
        image.resize(end, 0);
    }
    image[offset..end].copy_from_slice(data);
}

impl Platter {
    /// Counts a call, and fails if it is one that fails.
    fn call(&mut self) -> io::Result<()> {
        let number = self.calls;
        self.calls += 1;
        let fails = |fault: &Fault| number == fault.at || (fault.lasts && number > fault.at);
        match self.fault.filter(fails) {
            Some(fault) => {
                self.has_failed = true;
                Err(fault.kind.into())
            }
            None => Ok(()),
        }
    }

    fn change(&mut self, change: Change) -> io::Result<()> {
        self.call()?;
        match &change {
            Change::Write { offset, data } if offset + data.len() > self.seen.len() => {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            Change::Write { offset, data } => write(&mut self.seen, *offset, data),
            Change::Resize(len) => self.seen.resize(*len, 0),
        }
        self.pending.push(change);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if let Err(error) = self.call() {
            // As systems do: the pages count as written after a sync that failed, and are not.
            self.pending.clear();
            return Err(error);
        }
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Write { offset, data } => write(&mut self.synced, offset, &data),
                Change::Resize(len) => self.synced.resize(len, 0),
            }
        }
        Ok(())
    }
}

fn to_usize(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| ErrorKind::InvalidInput.into())
}

impl StorageBackend for SimDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (platter, offset) = (self.platter(), to_usize(offset)?);
        if platter.has_failed && platter.fault.is_some_and(|fault| fault.lasts) {
            return Err(NO_POWER.into());
        }
        let bytes = platter.seen.get(offset..offset + out.len());
        out.copy_from_slice(bytes.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let len = to_usize(len)?;
        self.platter().change(Change::Resize(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.platter().sync()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = to_usize(offset)?;
        self.platter().change(Change::Write { offset, data: data.to_vec() })
    }
}
