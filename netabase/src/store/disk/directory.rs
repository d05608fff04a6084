//! The directory of a store: who has it, and what must be in it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use crate::store::journal::DiskError;

/// The file that a store locks while it is open. What it says was written once there were records: a directory that has
/// held a store is never taken for an empty one.
const LOCK: &str = "lock";

/// The records.
const RECORDS: &str = "records.redb";

/// The records of a store that is being made.
const UNFINISHED: &str = "records.redb.new";

/// The identity, if the store made it itself.
const IDENTITY: &str = "identity";

const MARK: &[u8] = b"netabase store\n";

/// A directory that nobody else has open.
pub(in crate::store) struct Directory {
    path: PathBuf,
    /// Locked until it is dropped.
    lock: File,
}

impl Directory {
    /// Makes the directory, unless it is there, and locks it.
    pub(super) fn open(path: &Path) -> Result<Self, DiskError> {
        let made = private().recursive(true).create(path);
        made.map_err(|error| DiskError::io("create", path, &error))?;
        let lock_path = path.join(LOCK);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let lock =
            options.open(&lock_path).map_err(|error| DiskError::io("open", &lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(DiskError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(DiskError::io("lock", &lock_path, &error)),
        }
    }

    pub(super) fn records(&self) -> PathBuf {
        self.path.join(RECORDS)
    }

    pub(super) fn identity(&self) -> PathBuf {
        self.path.join(IDENTITY)
    }

    /// Returns whether there are records.
    ///
    /// # Errors
    ///
    /// [`DiskError::Missing`] if there were, and are no longer.
    pub(super) fn has_records(&mut self) -> Result<bool, DiskError> {
        let records = self.records();
        if records.try_exists().map_err(|error| DiskError::io("read", &records, &error))? {
            return Ok(true);
        }
        let mut mark = Vec::new();
        let read = (&mut self.lock).take(MARK.len() as u64).read_to_end(&mut mark);
        read.map_err(|error| DiskError::io("read", &self.path.join(LOCK), &error))?;
        if mark.is_empty() { Ok(false) } else { Err(DiskError::Missing { path: records }) }
    }

    /// Returns the path at which records are made before they are [put in place](Self::finish).
    pub(super) fn unfinished(&self) -> Result<PathBuf, DiskError> {
        let path = self.path.join(UNFINISHED);
        // A process that ended meanwhile may have left one; nothing was ever stored in it.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(DiskError::io("remove", &path, &error))
            }
            _ => Ok(path),
        }
    }

    /// Puts whole records in their place.
    pub(super) fn finish(&mut self) -> Result<(), DiskError> {
        let (from, to) = (self.path.join(UNFINISHED), self.records());
        fs::rename(&from, &to).map_err(|error| DiskError::io("create", &to, &error))?;
        sync_directory(&self.path)?;
        // The directory, and those above it, may have been made just now.
        for above in self.path.ancestors().skip(1).filter(|above| above.exists()) {
            sync_directory(above)?;
        }
        self.mark()
    }

    /// Notes that there are records.
    pub(super) fn mark(&mut self) -> Result<(), DiskError> {
        let path = self.path.join(LOCK);
        let is_marked = self.lock.metadata().is_ok_and(|metadata| metadata.len() > 0);
        if is_marked {
            return Ok(());
        }
        let marked = self.lock.write_all(MARK).and_then(|()| self.lock.sync_all());
        marked.map_err(|error| DiskError::io("write", &path, &error))
    }
}

/// Returns what makes directories that nobody else can read.
pub(super) fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes names that were given in a directory last.
#[cfg(unix)]
pub(super) fn sync_directory(path: &Path) -> Result<(), DiskError> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let synced = File::open(path).and_then(|directory| directory.sync_all());
    synced.map_err(|error| DiskError::io("sync", path, &error))
}

/// Makes names that were given in a directory last: elsewhere the file system does by itself.
#[cfg(not(unix))]
pub(super) fn sync_directory(_: &Path) -> Result<(), DiskError> {
    Ok(())
}
