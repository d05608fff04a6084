//! A file of redb as a [backend](super::backend). Nothing else in the crate names redb.

mod snapshot;

use std::{
    io,
    ops::Bound,
    path::{Path, PathBuf},
};

use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableDefinition, TableError,
};

use self::snapshot::RedbSnapshot;
use super::{
    backend::{Backend, Snapshot},
    batch::{Batch, Table},
    error::DiskError,
    meta::{About, Clocks},
};

type Bytes = &'static [u8];

/// Key → row.
const ROWS: TableDefinition<'_, Bytes, Bytes> = TableDefinition::new("rows");

/// Name → what is known of the schema.
const SCHEMAS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("schemas");

/// The file's description of itself.
const META: TableDefinition<'_, &str, Bytes> = TableDefinition::new("meta");

const ABOUT: &str = "about";
const CLOCKS: &str = "clocks";

/// Memory has all that is read, so that this only has to hold what a group changes.
const CACHE_BYTES: usize = 32 << 20;

/// The most rows that one step of a purge looks at: some milliseconds.
const PURGED_AT_ONCE: usize = 4096;

/// A file of redb.
#[derive(Debug)]
pub(in crate::store) struct RedbFile {
    database: Database,
    path: PathBuf,
}

/// All that redb may say is one of two: the system refused something, or the file is not what redb wrote.
pub(super) struct Failed<'a>(&'a Path);

impl Failed<'_> {
    pub(super) fn storage(&self, action: &'static str, error: impl Into<redb::Error>) -> DiskError {
        let path = self.0;
        match error.into() {
            redb::Error::Io(error) => DiskError::io(action, path, &error),
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => {
                DiskError::InUse { path: path.to_owned() }
            }
            // Nothing but a snapshot outlives a call.
            redb::Error::TransactionInProgress => DiskError::BackingUp { path: path.to_owned() },
            redb::Error::UpgradeRequired(_) => DiskError::Foreign { path: path.to_owned() },
            redb::Error::PreviousIo | redb::Error::DatabaseClosed => {
                let earlier =
                    io::Error::other("an earlier call on the file failed; open the store again");
                DiskError::io(action, path, &earlier)
            }
            error => DiskError::corrupt(path, "file", error.to_string()),
        }
    }

    fn table(&self, action: &'static str, error: TableError) -> DiskError {
        match error {
            TableError::Storage(error) => self.storage(action, error),
            _ => DiskError::Foreign { path: self.0.to_owned() },
        }
    }

    fn open(&self, error: DatabaseError) -> DiskError {
        match error {
            DatabaseError::Storage(StorageError::Io(error))
                if error.kind() == std::io::ErrorKind::InvalidData =>
            {
                DiskError::Foreign { path: self.0.to_owned() }
            }
            error => self.storage("open", error),
        }
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    // Reads the file once more, which is a fraction of what it takes to load its rows, and tells a damaged file from a
    // good one instead of trusting it.
    builder.set_check_integrity_on_open(true);
    builder
}

impl RedbFile {
    /// Creates a file that must not be there yet.
    pub(in crate::store) fn create(
        path: &Path,
        about: &About,
        clocks: &Clocks,
    ) -> Result<Self, DiskError> {
        let database = builder().create(path).map_err(|error| Failed(path).open(error))?;
        let file = Self { database, path: path.to_owned() };
        file.begin(about, clocks)?;
        Ok(file)
    }

    /// Opens a file that is there.
    pub(in crate::store) fn open(path: &Path) -> Result<Self, DiskError> {
        let database = builder().open(path).map_err(|error| Failed(path).open(error))?;
        Ok(Self { database, path: path.to_owned() })
    }

    /// Creates or opens a file that is not one of the system's.
    #[cfg(feature = "testkit")]
    pub(in crate::store) fn with_storage(
        path: &Path,
        storage: Box<dyn redb::StorageBackend>,
        about: &About,
        clocks: &Clocks,
    ) -> Result<Self, DiskError> {
        let failed = Failed(path);
        let is_new = storage.len().map_err(|error| DiskError::io("open", path, &error))? == 0;
        let database = builder()
            .create_with_backend(AnyStorage(storage))
            .map_err(|error| failed.open(error))?;
        let file = Self { database, path: path.to_owned() };
        if is_new {
            file.begin(about, clocks)?;
        }
        Ok(file)
    }

    fn begin(&self, about: &About, clocks: &Clocks) -> Result<(), DiskError> {
        let failed = Failed(&self.path);
        let write = self.database.begin_write().map_err(|e| failed.storage("create", e))?;
        {
            write.open_table(ROWS).map_err(|e| failed.table("create", e))?;
            write.open_table(SCHEMAS).map_err(|e| failed.table("create", e))?;
            let mut meta = write.open_table(META).map_err(|e| failed.table("create", e))?;
            for (key, value) in [(ABOUT, about.encode()), (CLOCKS, clocks.encode())] {
                meta.insert(key, value.as_slice()).map_err(|e| failed.storage("create", e))?;
            }
        }
        write.commit().map_err(|e| failed.storage("create", e))
    }
}

impl Backend for RedbFile {
    fn append(&mut self, batch: &Batch, clocks: &Clocks) -> Result<(), DiskError> {
        const WRITE: &str = "write";
        let failed = Failed(&self.path);
        let write = self.database.begin_write().map_err(|e| failed.storage(WRITE, e))?;
        {
            let mut rows = write.open_table(ROWS).map_err(|e| failed.table(WRITE, e))?;
            let mut schemas = write.open_table(SCHEMAS).map_err(|e| failed.table(WRITE, e))?;
            for op in batch.last_of_each_key() {
                let done = match (op.table, op.value) {
                    (Table::Rows, Some(value)) => rows.insert(op.key, value).map(drop),
                    (Table::Rows, None) => rows.remove(op.key).map(drop),
                    (Table::Schemas, value) => {
                        let name = String::from_utf8_lossy(op.key);
                        let value = value.unwrap_or_default();
                        schemas.insert(name.as_ref(), value).map(drop)
                    }
                };
                done.map_err(|e| failed.storage(WRITE, e))?;
            }
            let mut meta = write.open_table(META).map_err(|e| failed.table(WRITE, e))?;
            let clocks = clocks.encode();
            meta.insert(CLOCKS, clocks.as_slice()).map_err(|e| failed.storage(WRITE, e))?;
        }
        write.commit().map_err(|e| failed.storage("sync", e))
    }

    fn purge(
        &mut self,
        after: Option<&[u8]>,
        is_over: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Option<Vec<u8>>, DiskError> {
        const PURGE: &str = "purge";
        let failed = Failed(&self.path);
        let (mut over, mut last) = (Vec::new(), None);
        {
            let read = self.database.begin_read().map_err(|e| failed.storage(PURGE, e))?;
            let rows = read.open_table(ROWS).map_err(|e| failed.table(PURGE, e))?;
            let lower = after.map_or(Bound::Unbounded, Bound::Excluded);
            let rows = rows.range::<&[u8]>((lower, Bound::Unbounded));
            for (at, row) in rows.map_err(|e| failed.storage(PURGE, e))?.enumerate() {
                let (key, value) = row.map_err(|e| failed.storage(PURGE, e))?;
                if is_over(value.value()) {
                    over.push(key.value().to_vec());
                }
                if at + 1 == PURGED_AT_ONCE {
                    last = Some(key.value().to_vec());
                    break;
                }
            }
        }
        if over.is_empty() {
            return Ok(last);
        }
        let write = self.database.begin_write().map_err(|e| failed.storage(PURGE, e))?;
        {
            let mut rows = write.open_table(ROWS).map_err(|e| failed.table(PURGE, e))?;
            for key in &over {
                rows.remove(key.as_slice()).map_err(|e| failed.storage(PURGE, e))?;
            }
        }
        write.commit().map_err(|e| failed.storage(PURGE, e))?;
        Ok(last)
    }

    fn compact(&mut self) -> Result<(), DiskError> {
        let compacted = self.database.compact();
        compacted.map(drop).map_err(|e| Failed(&self.path).storage("compact", e))
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>, DiskError> {
        let failed = Failed(&self.path);
        let read = self.database.begin_read().map_err(|e| failed.storage("read", e))?;
        Ok(Box::new(RedbSnapshot::of(read, &self.path)?))
    }
}

/// A storage whose type is not known here.
#[cfg(feature = "testkit")]
#[derive(Debug)]
struct AnyStorage(Box<dyn redb::StorageBackend>);

#[cfg(feature = "testkit")]
impl redb::StorageBackend for AnyStorage {
    fn len(&self) -> std::io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> std::io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> std::io::Result<()> {
        self.0.close()
    }
}
