//! Loads what is on disk into an engine that is empty.

use libp2p::kad::RecordKey as KadKey;

use crate::{
    record::RecordKey,
    schema::Access,
    store::{
        author::Author,
        clock::Moment,
        engine::{Attribution, ChangeOrigin, Row, RowChange, SchemaId},
        inner::Inner,
        journal::{DiskError, Snapshot, StoredRow},
    },
};

/// The most rows that one transition holds: few enough to stay in the caches.
const CHUNK: usize = 1024;

/// Rows on their way into an engine.
struct Loading<'a> {
    inner: &'a mut Inner,
    author: &'a Author,
    changes: Vec<RowChange>,
    snapshot: &'a dyn Snapshot,
}

/// The most rows past keeping that are removed as soon as a store is opened. A program that runs for a moment gets rid
/// of them, too; what is more goes in the background.
pub(super) const MAX_REMOVED: usize = 1 << 16;

/// Loads all schemas and rows, and returns the keys of some that are past keeping.
///
/// No type reads them yet: they are adopted when their schema's database is opened.
pub(super) fn load(
    inner: &mut Inner,
    author: &Author,
    snapshot: &dyn Snapshot,
    now: &Moment,
) -> Result<Vec<Vec<u8>>, DiskError> {
    snapshot.schemas(&mut |name, schema| {
        inner.schemas.restore(name, &schema, &mut inner.engine, &author.peer_id);
        Ok(())
    })?;
    let changes = Vec::with_capacity(CHUNK);
    let mut loading = Loading { inner, author, changes, snapshot };
    let (mut count, mut over) = (0, Vec::new());
    snapshot.rows(&mut |key, bytes| {
        count += 1;
        let row = StoredRow::decode(bytes).map_err(|error| loading.corrupt(key, error.0))?;
        if !row.meta.life(row.header).is_over(now) {
            return loading.add(key, &row);
        }
        if over.len() < MAX_REMOVED && row.is_past_keeping(now) {
            over.push(key.to_vec());
        }
        Ok(())
    })?;
    if count != snapshot.len() {
        let what = format!("{} of {} rows can be read", count, snapshot.len());
        return Err(DiskError::corrupt(snapshot.path(), "rows", what));
    }
    // The last one sets the clock, if there is no row at all, too.
    loading.apply()?;
    Ok(over)
}

impl Loading<'_> {
    fn corrupt(&self, key: &[u8], what: impl Into<String>) -> DiskError {
        let place = format!("row `{}`", key.escape_ascii());
        DiskError::corrupt(self.snapshot.path(), place, what)
    }

    fn add(&mut self, bytes: &[u8], stored: &StoredRow<'_>) -> Result<(), DiskError> {
        let schema = self.schema_of(bytes, stored)?;
        let key = KadKey::new(&bytes);
        let attribution = stored.source.map(|source| Attribution {
            publisher: stored.publisher,
            source,
            distance: self.author.distance_prefix(&key),
        });
        let row = Row::new(stored.value, &[], stored.meta).charge_to(attribution);
        self.changes.push(RowChange {
            schema,
            key,
            row: Some(row),
            previous: None,
            origin: ChangeOrigin::Local,
        });
        if self.changes.len() < CHUNK { Ok(()) } else { self.apply() }
    }

    /// Returns the schema of a row; others' owned records may be of one that no database was ever opened for.
    fn schema_of(&self, bytes: &[u8], stored: &StoredRow<'_>) -> Result<SchemaId, DiskError> {
        let key =
            RecordKey::parse(bytes).map_err(|error| self.corrupt(bytes, error.to_string()))?;
        let schemas = &self.inner.schemas;
        let id = schemas.find(key.schema).unwrap_or(SchemaId::UNKNOWN);
        let is_held = key.access == Access::Owned && !stored.meta.state.own;
        let is_known = id != SchemaId::UNKNOWN && schemas.get(id).access == key.access;
        if is_held || is_known {
            return Ok(id);
        }
        Err(self.corrupt(bytes, "its schema is not known"))
    }

    fn apply(&mut self) -> Result<(), DiskError> {
        let path = self.snapshot.path();
        let damaged = |_| DiskError::corrupt(path, "rows", "they could not be loaded");
        let changes = std::mem::take(&mut self.changes);
        let engine = &mut self.inner.engine;
        let mut transition = engine.begin(changes).map_err(damaged)?;
        transition.clock = self.snapshot.clocks().watermark;
        engine.apply(&mut transition).map_err(damaged)?;
        self.changes = transition.changes;
        self.changes.clear();
        Ok(())
    }
}
