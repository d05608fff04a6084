//! What is done to a store on disk now and then: backups, checks, compaction.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::directory::{Directory, private};
use crate::{
    record::{RecordKey, verify},
    store::{
        NetabaseStore,
        error::BuildError,
        identity,
        journal::{Backend, DiskError, Journal, RedbFile, Snapshot, StoredRow, contain},
    },
};

/// The result of [`NetabaseStore::verify`]: counts of what is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreReport {
    /// Records of all schemas and in all states.
    pub records: u64,
    /// The bytes of their keys and values.
    pub bytes: u64,
    /// Records that are signed; each signature was verified.
    pub signed: u64,
    /// Schemas whose database was opened.
    pub schemas: u64,
}

impl NetabaseStore {
    /// Opens the store in a directory, or makes one there; see [`NetabaseStoreBuilder::path`], which can do so with an
    /// identity, a network, limits or a clock of one's own.
    ///
    /// [`NetabaseStoreBuilder::path`]: crate::NetabaseStoreBuilder::path
    ///
    /// # Errors
    ///
    /// [`BuildError::Disk`], which says what is wrong with the directory, and what to do.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// # let directory = std::env::temp_dir().join(format!("netabase-open-{}", std::process::id()));
    /// let store = NetabaseStore::open(&directory)?;
    /// store.database::<User>()?.put(&User { id: 7 })?;
    /// store.sync()?;
    /// # drop(store);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, BuildError> {
        Self::builder().path(directory).build()
    }

    fn journal(&self) -> Result<&Journal, DiskError> {
        self.shared.journal.as_ref().ok_or(DiskError::InMemory)
    }

    /// Writes a copy of the store to a new directory, which can be opened as any other: the state of one moment, while
    /// others go on to write. If the store's identity is in its directory, the copy has it, too: keep it as safe.
    ///
    /// # Errors
    ///
    /// - [`DiskError::InMemory`], [`DiskError::Exists`].
    /// - [`DiskError::Io`], [`DiskError::Full`] if the copy cannot be written. Nothing is left of it then.
    pub fn backup(&self, directory: impl AsRef<Path>) -> Result<(), DiskError> {
        let (to, journal) = (directory.as_ref(), self.journal()?);
        journal.sync()?;
        let snapshot = journal.run(|file| file.snapshot())?;
        let parent = to.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(parent).map_err(|error| DiskError::io("create", parent, &error))?;
        match private().create(to) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(DiskError::Exists { path: to.to_owned() });
            }
            created => created.map_err(|error| DiskError::io("create", to, &error))?,
        }
        let copied = contain(to, || self.copy_to(&*snapshot, to));
        if copied.is_err()
            && let Err(error) = fs::remove_dir_all(to)
        {
            tracing::warn!(%error, path = %to.display(), "cannot remove what is left of a backup");
        }
        copied
    }

    fn copy_to(&self, snapshot: &dyn Snapshot, to: &Path) -> Result<(), DiskError> {
        let mut copy = Directory::open(to)?;
        let has_identity =
            self.shared.directory.as_ref().is_some_and(|own| own.identity().exists());
        if has_identity {
            identity::load_or_save(&copy.identity(), || self.identity().clone())?;
        }
        snapshot.copy_to(&copy.unfinished()?)?;
        copy.finish()
    }

    /// Gives the room in the file back to the file system that nothing takes any more. Writers wait meanwhile.
    ///
    /// # Errors
    ///
    /// [`DiskError::InMemory`], [`DiskError::BackingUp`]; [`DiskError::Io`], [`DiskError::Full`], after which the store is
    /// read-only with the next write that fails, and all that was synced is there.
    pub fn compact(&self) -> Result<(), DiskError> {
        let journal = self.journal()?;
        journal.sync()?;
        journal.run(|file| file.compact())
    }

    /// Reads all of the store in a directory, which no other store has open, and checks it: the file's checksums, each
    /// record's layout, and each signature.
    ///
    /// # Errors
    ///
    /// [`DiskError::Corrupt`] at the first fault; else as [`open`](Self::open).
    pub fn verify(directory: impl AsRef<Path>) -> Result<StoreReport, DiskError> {
        let directory = directory.as_ref();
        if !directory.exists() {
            return Err(DiskError::Missing { path: directory.to_owned() });
        }
        let mut directory = Directory::open(directory)?;
        let path = directory.records();
        if !directory.has_records()? {
            return Err(DiskError::Missing { path });
        }
        contain(&path, || check(&*RedbFile::open(&path)?.snapshot()?))
    }
}

fn check(snapshot: &dyn Snapshot) -> Result<StoreReport, DiskError> {
    let mut report = StoreReport::default();
    snapshot.schemas(&mut |_, _| {
        report.schemas += 1;
        Ok(())
    })?;
    let network = &snapshot.about().network;
    snapshot.rows(&mut |key, bytes| {
        let corrupt = |what: String| {
            let place = format!("row `{}`", key.escape_ascii());
            DiskError::corrupt(snapshot.path(), place, what)
        };
        RecordKey::parse(key).map_err(|error| corrupt(error.to_string()))?;
        let row = StoredRow::decode(bytes).map_err(|error| corrupt(error.0.to_owned()))?;
        if row.header.signed {
            verify(network, key, row.value).map_err(|error| corrupt(error.to_string()))?;
            report.signed += 1;
        }
        report.records += 1;
        report.bytes += (key.len() + row.value.len()) as u64;
        Ok(())
    })?;
    if report.records != snapshot.len() {
        let what = format!("{} of {} rows can be read", report.records, snapshot.len());
        return Err(DiskError::corrupt(snapshot.path(), "rows", what));
    }
    Ok(report)
}
