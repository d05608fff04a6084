use std::ops::Bound;

use libp2p::kad::RecordKey;

use super::{
    NetabaseStore, indexes::split_entry, order::end_of_prefix, schemas::SchemaId,
    state::RecordState, table::Stored,
};
use crate::record::split_schema;

/// A page ends after so many bytes, however few rows they are.
const MAX_PAGE_BYTES: usize = 1 << 20;

/// A page ends after so many rows were looked at, however few were shown.
const MAX_VISITED: usize = 1024;

/// A schema with less than this part of all records is scanned in the order of its keys.
const SCAN_SHARE: usize = 4;

/// The way to walk the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Reverse,
}

/// Which records a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// Those that databases show.
    Databases,
    /// Those of them that the application wrote.
    Own,
    /// All that the store holds, tombstones included.
    Everything,
}

impl View {
    fn shows(self, stored: Stored<'_>) -> bool {
        match self {
            Self::Databases => stored.is_visible(),
            Self::Own => stored.state.own && stored.is_visible(),
            Self::Everything => true,
        }
    }
}

/// What gives the rows their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The records' own keys.
    Keys,
    /// The entries of an index, by its place among its schema's.
    Index(SchemaId, usize),
}

/// What the next page holds.
pub(crate) struct PageRequest<'a> {
    pub(crate) source: Source,
    /// Of record keys or of index entries.
    pub(crate) bounds: (Bound<&'a [u8]>, Bound<&'a [u8]>),
    pub(crate) direction: Direction,
    pub(crate) max_rows: usize,
    pub(crate) view: View,
    /// Whether the rows need their values.
    pub(crate) values: bool,
}

/// Rows copied out of the store under its lock, to be decoded without it.
///
/// One buffer for all of them: a row costs no allocation, and the next page reuses it.
#[derive(Debug, Default)]
pub(crate) struct Page {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    /// The last position looked at, shown or not: where the next page goes on.
    last_visited: Vec<u8>,
    /// How many rows were looked at.
    visited: usize,
    /// Whether positions are index entries, not record keys.
    by_index: bool,
    /// Whether nothing is left behind this page.
    complete: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: usize,
    position_end: usize,
    value_end: usize,
    state: RecordState,
}

impl NetabaseStore {
    /// Copies the next rows of a range into `page`, whose content is dropped.
    pub(crate) fn fill_page(&self, request: &PageRequest<'_>, page: &mut Page) {
        page.clear();
        page.by_index = request.source != Source::Keys;
        let inner = self.shared.inner.read();
        match request.source {
            Source::Keys => {
                let rows = inner.table.range(request.bounds);
                let rows = rows.map(|stored| (stored.key().as_ref(), Some(stored)));
                page.fill_from(rows, request);
            }
            Source::Index(schema, index) => {
                let tree = inner.schemas.get(schema).indexes.tree(index);
                let prefix = inner.schemas.get(schema).prefix.as_slice();
                let record = |entry| {
                    let key = [prefix, split_entry(entry).1].concat();
                    inner.table.get(&RecordKey::from(key)).expect("every index entry has a record")
                };
                let rows = tree.range(request.bounds);
                page.fill_from(rows.map(|e| (e, request.values.then(|| record(e)))), request);
            }
        }
    }

    /// Copies all visible rows whose key starts with `prefix`, in no order, as one page.
    pub(crate) fn fill_unordered(&self, schema: SchemaId, prefix: &[u8], page: &mut Page) {
        page.clear();
        let inner = self.shared.inner.read();
        let shown =
            |stored: &Stored<'_>| stored.key().as_ref().starts_with(prefix) && stored.is_visible();
        let push = |stored: Stored<'_>| {
            page.push(stored.key().as_ref(), stored.value, stored.state);
        };
        // Going over all records of all schemas is faster only if enough of them are wanted.
        if inner.schemas.get(schema).visible < inner.table.len() / SCAN_SHARE {
            let end = end_of_prefix(prefix);
            let bounds = (Bound::Included(prefix), end.as_ref().map(Vec::as_slice));
            inner.table.range(bounds).filter(shown).for_each(push);
        } else {
            inner.table.unordered().filter(shown).for_each(push);
        }
        page.complete = true;
    }
}

impl Page {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(crate) fn last_visited(&self) -> &[u8] {
        &self.last_visited
    }

    /// The record key or the index entry of a row.
    pub(crate) fn position(&self, row: usize) -> &[u8] {
        let row = self.rows[row];
        &self.bytes[row.start..row.position_end]
    }

    pub(crate) fn value(&self, row: usize) -> &[u8] {
        let row = self.rows[row];
        &self.bytes[row.position_end..row.value_end]
    }

    /// Of a page by an index: the index's key of a row.
    pub(crate) fn index_key(&self, row: usize) -> &[u8] {
        split_entry(self.position(row)).0
    }

    /// The record key of a row behind what the schema's keys share.
    pub(crate) fn record_key_rest(&self, row: usize) -> &[u8] {
        if self.by_index {
            split_entry(self.position(row)).1
        } else {
            split_schema(self.position(row)).1
        }
    }

    pub(super) fn state(&self, row: usize) -> RecordState {
        self.rows[row].state
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.rows.clear();
        self.complete = false;
        self.visited = 0;
    }

    fn fill_from<'a>(
        &mut self,
        rows: impl DoubleEndedIterator<Item = (&'a [u8], Option<Stored<'a>>)>,
        request: &PageRequest<'_>,
    ) {
        match request.direction {
            Direction::Forward => self.fill(rows, request),
            Direction::Reverse => self.fill(rows.rev(), request),
        }
    }

    fn fill<'a>(
        &mut self,
        rows: impl Iterator<Item = (&'a [u8], Option<Stored<'a>>)>,
        request: &PageRequest<'_>,
    ) {
        let mut last: &[u8] = &[];
        for (position, stored) in rows {
            if self.is_full(request) {
                self.last_visited.clear();
                self.last_visited.extend_from_slice(last);
                return;
            }
            self.visit(position, stored, request);
            last = position;
        }
        self.complete = true;
    }

    fn is_full(&self, request: &PageRequest<'_>) -> bool {
        self.rows.len() >= request.max_rows
            || self.bytes.len() >= MAX_PAGE_BYTES
            || self.visited >= MAX_VISITED
    }

    fn visit(&mut self, position: &[u8], stored: Option<Stored<'_>>, request: &PageRequest<'_>) {
        self.visited += 1;
        // An index holds what databases show, and nothing else.
        if stored.is_none_or(|stored| request.view.shows(stored)) {
            let value = stored.filter(|_| request.values).map_or(&[][..], |stored| stored.value);
            let state = stored.map_or(RecordState::LOCAL_WRITE, |stored| stored.state);
            self.push(position, value, state);
        }
    }

    fn push(&mut self, position: &[u8], value: &[u8], state: RecordState) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(position);
        let position_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.rows.push(Row { start, position_end, value_end: self.bytes.len(), state });
    }
}
