//! One moment's state of a file of redb.

use std::path::{Path, PathBuf};

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata};

use super::{ABOUT, CLOCKS, Failed, META, ROWS, RedbFile, SCHEMAS};
use crate::{
    record::is_name,
    store::journal::{
        backend::{Backend, ShowRow, ShowSchema, Snapshot},
        batch::{Batch, Table},
        error::DiskError,
        meta::{About, Clocks, FORMAT, KnownSchema},
    },
};

const READ: &str = "read";

/// The bytes of rows that one step of a copy writes: so much of it is held in memory.
const COPIED_BYTES: usize = 8 << 20;

pub(super) struct RedbSnapshot {
    read: ReadTransaction,
    about: About,
    clocks: Clocks,
    len: u64,
    path: PathBuf,
}

impl RedbSnapshot {
    /// Reads what the file says of itself.
    pub(super) fn of(read: ReadTransaction, path: &Path) -> Result<Self, DiskError> {
        let failed = Failed(path);
        let meta = read.open_table(META).map_err(|e| failed.table(READ, e))?;
        let get = |key: &'static str| {
            let value = meta.get(key).map_err(|e| failed.storage(READ, e))?;
            value.ok_or_else(|| DiskError::corrupt(path, format!("meta `{key}`"), "missing"))
        };
        let corrupt = |key: &str, what| DiskError::corrupt(path, format!("meta `{key}`"), what);
        let about = get(ABOUT)?;
        let found = About::format(about.value()).map_err(|e| corrupt(ABOUT, e.0))?;
        if found != FORMAT {
            let path = path.to_owned();
            return Err(DiskError::NewerFormat { path, found, supported: FORMAT });
        }
        let about = About::decode(about.value()).map_err(|e| corrupt(ABOUT, e.0))?;
        let clocks = Clocks::decode(get(CLOCKS)?.value()).map_err(|e| corrupt(CLOCKS, e.0))?;
        let rows = read.open_table(ROWS).map_err(|e| failed.table(READ, e))?;
        let len = rows.len().map_err(|e| failed.storage(READ, e))?;
        Ok(Self { read, about, clocks, len, path: path.to_owned() })
    }
}

impl Snapshot for RedbSnapshot {
    fn about(&self) -> &About {
        &self.about
    }

    fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    fn schemas(&self, show: &mut ShowSchema<'_>) -> Result<(), DiskError> {
        let failed = Failed(&self.path);
        let schemas = self.read.open_table(SCHEMAS).map_err(|e| failed.table(READ, e))?;
        for schema in schemas.iter().map_err(|e| failed.storage(READ, e))? {
            let (name, value) = schema.map_err(|e| failed.storage(READ, e))?;
            let name = name.value();
            let place = || format!("schema `{}`", name.escape_default());
            if !is_name(name) {
                return Err(DiskError::corrupt(&self.path, place(), "no name of a schema"));
            }
            let schema = KnownSchema::decode(value.value())
                .map_err(|e| DiskError::corrupt(&self.path, place(), e.0))?;
            show(name, schema)?;
        }
        Ok(())
    }

    fn rows(&self, show: &mut ShowRow<'_>) -> Result<(), DiskError> {
        let failed = Failed(&self.path);
        let rows = self.read.open_table(ROWS).map_err(|e| failed.table(READ, e))?;
        for row in rows.iter().map_err(|e| failed.storage(READ, e))? {
            let (key, value) = row.map_err(|e| failed.storage(READ, e))?;
            show(key.value(), value.value())?;
        }
        Ok(())
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn copy_to(&self, path: &Path) -> Result<(), DiskError> {
        let mut file = RedbFile::create(path, &self.about, &self.clocks)?;
        let mut batch = Batch::default();
        self.schemas(&mut |name, schema| {
            batch.put(Table::Schemas, name.as_bytes(), |out| schema.encode(out));
            Ok(())
        })?;
        self.rows(&mut |key, value| {
            batch.put(Table::Rows, key, |out| out.extend_from_slice(value));
            if batch.byte_len() < COPIED_BYTES {
                return Ok(());
            }
            file.append(&batch, &self.clocks)?;
            batch.clear();
            Ok(())
        })?;
        file.append(&batch, &self.clocks)
    }

    fn path(&self) -> &Path {
        &self.path
    }
}
