use std::ops::Bound;

use libp2p::kad::RecordKey;

use super::{NetabaseStore, state::RecordState, table::Stored};

/// A page ends after so many bytes, however few rows they are.
const MAX_PAGE_BYTES: usize = 1 << 20;

/// A page ends after so many rows were looked at, however few were shown.
const MAX_VISITED: usize = 1024;

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

/// What the next page holds.
pub(crate) struct PageRequest<'a> {
    pub(crate) bounds: (Bound<&'a [u8]>, Bound<&'a [u8]>),
    pub(crate) direction: Direction,
    pub(crate) max_rows: usize,
    pub(crate) view: View,
}

/// Rows copied out of the store under its lock, to be decoded without it.
///
/// One buffer for all of them: a row costs no allocation, and the next page reuses it.
#[derive(Debug, Default)]
pub(crate) struct Page {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    /// The last key looked at, shown or not: where the next page goes on.
    last_visited: Vec<u8>,
    /// Whether nothing is left behind this page.
    complete: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: usize,
    key_end: usize,
    value_end: usize,
    state: RecordState,
}

impl NetabaseStore {
    /// Copies the next rows of a range into `page`, whose content is dropped.
    pub(crate) fn fill_page(&self, request: &PageRequest<'_>, page: &mut Page) {
        page.clear();
        let inner = self.shared.inner.read();
        let rows = inner.table.range(request.bounds);
        match request.direction {
            Direction::Forward => page.fill(rows, request),
            Direction::Reverse => page.fill(rows.rev(), request),
        }
    }

    /// Copies all visible rows whose key starts with `prefix`, in no order, as one page.
    pub(crate) fn fill_unordered(&self, prefix: &[u8], page: &mut Page) {
        page.clear();
        let inner = self.shared.inner.read();
        for stored in inner.table.unordered() {
            if stored.key().as_ref().starts_with(prefix) && stored.is_visible() {
                page.push(stored);
            }
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

    pub(crate) fn key(&self, row: usize) -> &[u8] {
        let row = self.rows[row];
        &self.bytes[row.start..row.key_end]
    }

    pub(crate) fn value(&self, row: usize) -> &[u8] {
        let row = self.rows[row];
        &self.bytes[row.key_end..row.value_end]
    }

    pub(super) fn state(&self, row: usize) -> RecordState {
        self.rows[row].state
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.rows.clear();
        self.complete = false;
    }

    fn fill<'a>(&mut self, rows: impl Iterator<Item = Stored<'a>>, request: &PageRequest<'_>) {
        let mut last = None;
        for (visited, stored) in rows.enumerate() {
            let full = self.rows.len() >= request.max_rows || self.bytes.len() >= MAX_PAGE_BYTES;
            if full || visited >= MAX_VISITED {
                self.set_last_visited(last);
                return;
            }
            last = Some(stored.key());
            if request.view.shows(stored) {
                self.push(stored);
            }
        }
        self.complete = true;
    }

    fn set_last_visited(&mut self, key: Option<&RecordKey>) {
        self.last_visited.clear();
        self.last_visited.extend_from_slice(key.map_or(&[], AsRef::as_ref));
    }

    fn push(&mut self, stored: Stored<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(stored.key().as_ref());
        let key_end = self.bytes.len();
        self.bytes.extend_from_slice(stored.value);
        let value_end = self.bytes.len();
        self.rows.push(Row { start, key_end, value_end, state: stored.state });
    }
}
