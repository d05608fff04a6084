use std::ops::Bound;

use libp2p::{PeerId, kad::RecordKey};
use smallvec::SmallVec;

use super::{
    NetabaseStore,
    bounds::{Direction, end_of_prefix},
    clock::Moment,
    encoded::Stored,
    indexes::split_entry,
    order::Whose,
    schemas::SchemaId,
    state::RecordState,
    table::{BATCH, Table},
};
use crate::record::RecordKey as RecordName;

/// A page ends after so many bytes, however few rows they are.
const MAX_PAGE_BYTES: usize = 1 << 20;

/// A page ends after so many rows were looked at, however few were shown.
const MAX_VISITED: usize = 1024;

/// How many owners are looked up under one lock.
const MAX_OWNERS: usize = 256;

/// A schema with less than this part of all records is scanned in the order of its keys.
const SCAN_SHARE: usize = 4;

/// Which records a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// Those that databases show.
    Databases,
    /// Those of them that the application wrote.
    Own,
    /// All that the application wrote, tombstones included.
    OwnEverything,
    /// What databases show, and what is held for other peers, if a type here can read it.
    Held,
    /// What peers are served, tombstones included.
    Served,
    /// Others' records that no type here can read, tombstones included.
    Opaque,
    /// All that the store holds, tombstones included.
    Everything,
}

impl View {
    /// Whether it shows a record, unless that has expired.
    pub(super) fn shows(self, stored: Stored<'_>) -> bool {
        match self {
            Self::Databases => stored.is_visible(),
            Self::Own => stored.state().own && stored.is_visible(),
            Self::OwnEverything => stored.state().own,
            Self::Held => !stored.standing.opaque && !stored.header().tombstone,
            Self::Served => stored.state().served,
            Self::Opaque => stored.standing.opaque,
            Self::Everything => true,
        }
    }

    fn whose(self) -> Whose {
        match self {
            Self::Own | Self::OwnEverything => Whose::Own,
            Self::Databases | Self::Held => Whose::Readable,
            Self::Opaque => Whose::Opaque,
            Self::Served | Self::Everything => Whose::All,
        }
    }
}

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
    /// Whether positions are index entries, not record keys; and how many bytes of one are the owner's.
    by_index: Option<usize>,
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
        let now = self.now();
        let inner = self.shared.inner.read();
        match request.source {
            PageSource::Keys => {
                page.by_index = None;
                let (direction, whose) = (request.direction, request.view.whose());
                let keys = inner.table.keys(request.bounds, direction, whose);
                page.fill(keys.map(|key| (None, key)), &inner.table, request, &now);
            }
            PageSource::Index(schema, index) => {
                let schema = inner.schemas.get(schema);
                page.by_index = Some(schema.owner_len);
                let tree = schema.indexes.tree(index);
                let entries = tree.range(request.bounds);
                let entries: Box<dyn Iterator<Item = &[u8]>> = match request.direction {
                    Direction::Forward => Box::new(entries),
                    Direction::Reverse => Box::new(entries.rev()),
                };
                // With nothing due, the entry alone says that there is a record.
                if !request.values && !inner.has_expired(&now) {
                    page.fill_positions(entries, request);
                    return;
                }
                let record_key = |entry| {
                    let [owner, own_key] = tree.record_key(entry);
                    RecordKey::from([&schema.prefix[..], owner, own_key].concat())
                };
                let rows = entries.map(|entry| (Some(entry), record_key(entry)));
                page.fill(rows, &inner.table, request, &now);
            }
        }
    }

    /// The owners whose records of a schema are held here, in order: one look-up an owner, a few under one lock.
    pub(crate) fn owners(&self, schema: SchemaId) -> Vec<PeerId> {
        self.sweep_all(&self.now());
        let mut owners = Vec::new();
        let mut after = None;
        loop {
            let next = self.next_owners(schema, after);
            after = next.last().copied();
            if after.is_none() {
                return owners;
            }
            owners.extend(next);
        }
    }

    fn next_owners(&self, schema: SchemaId, after: Option<PeerId>) -> Vec<PeerId> {
        let inner = self.shared.inner.read();
        let schema = inner.schemas.get(schema);
        let end = end_of_prefix(&schema.prefix);
        let behind =
            |owner: PeerId| end_of_prefix(&[&schema.prefix[..], &owner.to_bytes()].concat());
        let mut lower = after.map_or_else(|| Bound::Excluded(schema.prefix.clone()), behind);
        let mut owners = Vec::new();
        while owners.len() < MAX_OWNERS {
            // An end is behind all keys with the prefix: no key is it.
            let bounds = (lower.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice));
            let mut keys = inner.table.range(bounds, Direction::Forward, Whose::Readable);
            let owner = keys.next().and_then(|stored| owner(stored.key().as_ref()));
            drop(keys);
            let Some(owner) = owner else { break };
            owners.push(owner);
            lower = behind(owner);
        }
        owners
    }

    /// Copies all visible rows whose key starts with `prefix`, in no order, as one page.
    pub(crate) fn fill_unordered(
        &self,
        schema: SchemaId,
        prefix: &[u8],
        view: View,
        page: &mut Page,
    ) {
        page.clear();
        let now = self.now();
        let inner = self.shared.inner.read();
        let shown = |stored: &Stored<'_>| {
            stored.key().as_ref().starts_with(prefix)
                && view.shows(*stored)
                && !stored.is_expired(&now)
        };
        let push = |stored: Stored<'_>| {
            page.push(stored.key().as_ref(), stored.value, stored.state());
        };
        // Going over all records of all schemas is faster only if enough of them are wanted.
        if inner.schemas.get(schema).usages.records() < inner.table.len() / SCAN_SHARE {
            let end = end_of_prefix(prefix);
            let bounds = (Bound::Included(prefix), end.as_ref().map(Vec::as_slice));
            let rows = inner.table.range(bounds, Direction::Forward, view.whose());
            rows.filter(shown).for_each(push);
        } else {
            inner.table.unordered().filter(shown).for_each(push);
        }
        page.complete = true;
    }
}

fn owner(key: &[u8]) -> Option<PeerId> {
    RecordName::parse(key).ok()?.owner
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
        split_entry(self.position(row), self.by_index.unwrap_or_default()).key
    }

    /// The bytes of the schema's own key of a row.
    pub(crate) fn own_key(&self, row: usize) -> &[u8] {
        match self.by_index {
            Some(owner_len) => split_entry(self.position(row), owner_len).own_key,
            None => RecordName::own_key(self.position(row)),
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

    /// Rows of index entries, or of records by their own keys, as many as there is room for.
    fn fill<'a>(
        &mut self,
        mut rows: impl Iterator<Item = (Option<&'a [u8]>, RecordKey)>,
        table: &'a Table,
        request: &PageRequest<'_>,
        now: &Moment,
    ) {
        let mut last: &[u8] = &[];
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
            for (entry, stored) in entries.iter().zip(table.get_each(&keys, request.values)) {
                if self.is_full(request) {
                    self.stop(last);
                    return;
                }
                let position = entry.unwrap_or_else(|| stored.key().as_ref());
                self.visit(position, stored, request, now);
                last = position;
            }
        }
        match rows.next() {
            Some(_) => self.stop(last),
            None => self.complete = true,
        }
    }

    /// Rows of index entries alone.
    fn fill_positions<'a>(
        &mut self,
        mut entries: impl Iterator<Item = &'a [u8]>,
        request: &PageRequest<'_>,
    ) {
        let mut last: &[u8] = &[];
        while !self.is_full(request) {
            let Some(entry) = entries.next() else {
                self.complete = true;
                return;
            };
            self.visited += 1;
            self.push(entry, &[], RecordState::LOCAL_WRITE);
            last = entry;
        }
        match entries.next() {
            Some(_) => self.stop(last),
            None => self.complete = true,
        }
    }

    /// The next page goes on behind the last position that was looked at.
    fn stop(&mut self, last: &[u8]) {
        self.last_visited.clear();
        self.last_visited.extend_from_slice(last);
    }

    fn is_full(&self, request: &PageRequest<'_>) -> bool {
        self.rows.len() >= request.max_rows
            || self.bytes.len() >= MAX_PAGE_BYTES
            || self.visited >= MAX_VISITED
    }

    fn visit(
        &mut self,
        position: &[u8],
        stored: Stored<'_>,
        request: &PageRequest<'_>,
        now: &Moment,
    ) {
        self.visited += 1;
        // An index holds what databases show, and nothing else.
        if request.view.shows(stored) && !stored.is_expired(now) {
            let value = if request.values { stored.value } else { &[] };
            self.push(position, value, stored.state());
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
