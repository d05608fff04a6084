//! Pages: rows copied out of the store under its lock, to be decoded without it.

use std::ops::Bound;

use libp2p::kad::RecordKey;
use smallvec::SmallVec;

use super::View;
use crate::{
    record::RecordKey as RecordName,
    store::{
        bounds::Direction,
        clock::Moment,
        engine::{BATCH, Engine, LookupKey, RowRef, SchemaId, split_entry},
        state::RecordState,
    },
};

/// A page ends after so many bytes, however few rows they are.
const MAX_PAGE_BYTES: usize = 1 << 20;

/// A page ends after so many rows were looked at, however few were shown.
const MAX_VISITED: usize = 1024;

/// What gives the rows their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageSource {
    /// The records' own keys.
    Keys,
    /// The entries of an index, by its place among its schema's.
    Index(SchemaId, usize),
}

/// What the next page holds.
pub(crate) struct PageRequest<'a> {
    pub(crate) source: PageSource,
    /// Of record keys or of index entries.
    pub(crate) bounds: (Bound<&'a [u8]>, Bound<&'a [u8]>),
    pub(crate) direction: Direction,
    pub(crate) max_rows: usize,
    pub(crate) view: View,
    /// `true` if the rows need their values.
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
    /// If positions are index entries, not record keys: the length of the owner in each, in bytes.
    pub(super) by_index: Option<usize>,
    /// `true` if nothing is left behind this page.
    pub(super) complete: bool,
    /// The keys of rows that were met and have expired.
    expired: Vec<RecordKey>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: usize,
    position_end: usize,
    value_end: usize,
    state: RecordState,
}

impl Page {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns how many rows were looked at.
    #[cfg(test)]
    pub(super) fn visited(&self) -> usize {
        self.visited
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(crate) fn last_visited(&self) -> &[u8] {
        &self.last_visited
    }

    /// Returns the record key or the index entry of a row.
    pub(crate) fn position(&self, row: usize) -> &[u8] {
        let row = self.rows[row];
        &self.bytes[row.start..row.position_end]
    }

    pub(crate) fn value(&self, row: usize) -> &[u8] {
        let row = self.rows[row];
        &self.bytes[row.position_end..row.value_end]
    }

    /// Returns the index's key of a row, of a page by an index.
    pub(crate) fn index_key(&self, row: usize) -> &[u8] {
        split_entry(self.position(row), self.by_index.unwrap_or_default()).key
    }

    /// Returns the bytes of the schema's own key of a row.
    pub(crate) fn own_key(&self, row: usize) -> &[u8] {
        match self.by_index {
            Some(owner_len) => split_entry(self.position(row), owner_len).own_key,
            None => RecordName::own_key(self.position(row)),
        }
    }

    pub(in crate::store) fn state(&self, row: usize) -> RecordState {
        self.rows[row].state
    }

    pub(super) fn clear(&mut self) {
        self.expired.clear();
        self.bytes.clear();
        self.rows.clear();
        self.complete = false;
        self.visited = 0;
    }

    /// Returns the keys of the rows that were met and have expired.
    pub(super) fn expired(&self) -> &[RecordKey] {
        &self.expired
    }

    /// Adds rows of index entries, or of records by their own keys, as many as there is room for.
    pub(super) fn fill<'a>(
        &mut self,
        mut rows: impl Iterator<Item = (Option<&'a [u8]>, LookupKey<'a>)>,
        engine: &'a Engine,
        request: &PageRequest<'_>,
        now: &Moment,
    ) {
        let mut last = [&[][..]; 2];
        let (mut entries, mut keys) =
            (SmallVec::<[_; BATCH]>::new(), SmallVec::<[_; BATCH]>::new());
        while !self.is_full(request) {
            let room = request.max_rows - self.rows.len();
            entries.clear();
            keys.clear();
            for (entry, key) in rows.by_ref().take(room.min(BATCH)) {
                entries.push(entry);
                keys.push(key);
            }
            if keys.is_empty() {
                self.complete = true;
                return;
            }
            for (entry, row) in entries.iter().zip(engine.get_each(&keys, request.values)) {
                // There is none only if a commit ended half-way.
                let Some(row) = row else { continue };
                if self.is_full(request) {
                    self.stop(last);
                    return;
                }
                let position = entry.map_or_else(|| row.key().parts(), |entry| [entry, &[]]);
                self.visit(position, row, request, now);
                last = position;
            }
        }
        match rows.next() {
            Some(_) => self.stop(last),
            None => self.complete = true,
        }
    }

    /// Adds rows of index entries alone.
    pub(super) fn fill_positions<'a>(
        &mut self,
        mut entries: impl Iterator<Item = &'a [u8]>,
        request: &PageRequest<'_>,
    ) {
        let mut last = [&[][..]; 2];
        while !self.is_full(request) {
            let Some(entry) = entries.next() else {
                self.complete = true;
                return;
            };
            self.visited += 1;
            last = [entry, &[]];
            self.push(last, &[], RecordState::LOCAL_WRITE);
        }
        match entries.next() {
            Some(_) => self.stop(last),
            None => self.complete = true,
        }
    }

    /// The next page goes on behind the last position that was looked at.
    fn stop(&mut self, last: [&[u8]; 2]) {
        self.last_visited.clear();
        for part in last {
            self.last_visited.extend_from_slice(part);
        }
    }

    fn is_full(&self, request: &PageRequest<'_>) -> bool {
        self.rows.len() >= request.max_rows
            || self.bytes.len() >= MAX_PAGE_BYTES
            || self.visited >= MAX_VISITED
    }

    fn visit(
        &mut self,
        position: [&[u8]; 2],
        row: RowRef<'_>,
        request: &PageRequest<'_>,
        now: &Moment,
    ) {
        self.visited += 1;
        // An index holds what databases show, and nothing else.
        if !request.view.shows(row) {
            return;
        }
        if row.is_expired(now) {
            self.note_expired(row);
            return;
        }
        let value = if request.values { row.value } else { &[] };
        self.push(position, value, row.state());
    }

    #[cold]
    fn note_expired(&mut self, row: RowRef<'_>) {
        self.expired.push(row.key().to_key());
    }

    #[inline]
    pub(super) fn push(&mut self, position: [&[u8]; 2], value: &[u8], state: RecordState) {
        let start = self.bytes.len();
        let [first, rest] = position;
        self.bytes.extend_from_slice(first);
        // Most have one part, and what copies nothing still is called.
        if !rest.is_empty() {
            self.bytes.extend_from_slice(rest);
        }
        let position_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.rows.push(Row { start, position_end, value_end: self.bytes.len(), state });
    }
}
