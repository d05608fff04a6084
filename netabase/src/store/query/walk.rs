//! Walks over ranges of keys and of index entries, a page at a time.

use std::{iter, ops::Bound};

use libp2p::PeerId;

use super::{
    View,
    page::{Page, PageRequest, PageSource},
};
use crate::{
    record::RecordKey as RecordName,
    store::{
        NetabaseStore,
        bounds::{Direction, end_of_prefix},
        clock::Moment,
        engine::{Layout, LookupKey, RowRef, SchemaId, Selection},
        inner::Inner,
    },
};

/// How many owners are looked up under one lock.
const MAX_OWNERS: usize = 256;

/// Fewer expired rows in a page cost less than the lock it takes to take them out.
const MANY_EXPIRED: usize = 64;

/// A schema with less than this part of all records is scanned in the order of its keys.
const SCAN_SHARE: usize = 4;

impl NetabaseStore {
    /// Copies the next rows of a range into `page`, whose content is dropped.
    ///
    /// If it steps over many expired rows they are taken out, so that none is met twice.
    pub(crate) fn fill_page(&self, request: &PageRequest<'_>, page: &mut Page) {
        page.clear();
        let now = self.now();
        fill_page(&self.shared.inner.read(), request, page, &now);
        if page.expired().len() >= MANY_EXPIRED {
            self.expire_met(page.expired(), &now);
        }
    }

    /// Returns the owners whose records of a schema are held here, in order: one look-up an owner, a few under one lock.
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
        let prefix = &inner.engine.layout(schema).prefix;
        let end = end_of_prefix(prefix);
        let behind = |owner: PeerId| end_of_prefix(&[&prefix[..], &owner.to_bytes()].concat());
        let mut lower = after.map_or_else(|| Bound::Excluded(prefix.clone()), behind);
        let next = || {
            // An end is behind all keys with the prefix: no key is it.
            let bounds = (lower.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice));
            let mut keys = inner.engine.keys(bounds, Direction::Forward, Selection::Readable);
            let owner = keys.next().and_then(|key| owner(key.to_key().as_ref().as_ref()));
            drop(keys);
            lower = behind(owner?);
            owner
        };
        iter::from_fn(next).take(MAX_OWNERS).collect()
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
        let shown = |row: &RowRef<'_>| {
            row.key().starts_with(prefix) && view.shows(*row) && !row.is_expired(&now)
        };
        let push = |row: RowRef<'_>| page.push(row.key().parts(), row.value, row.state());
        // Going over all records of all schemas is faster only if enough of them are wanted.
        let Layout { prefix: all, local_owner, .. } = inner.engine.layout(schema);
        let is_local =
            prefix.strip_prefix(&all[..]).is_some_and(|own| own.starts_with(local_owner));
        let wanted = match view {
            View::Databases | View::Own if is_local => inner.engine.local_visible(schema),
            View::Databases | View::Own => inner.engine.visible(schema),
            _ => inner.engine.usages_of(schema).records(),
        };
        if is_small_part(wanted, inner.engine.len()) {
            let end = end_of_prefix(prefix);
            let bounds = (Bound::Included(prefix), end.as_ref().map(Vec::as_slice));
            let rows = inner.engine.range(bounds, Direction::Forward, view.selection());
            rows.filter(shown).for_each(push);
        } else {
            inner.engine.unordered().filter(shown).for_each(push);
        }
        page.complete = true;
    }
}

/// Returns whether a scan in the order of the keys is faster than one over all records: it finds the same.
pub(super) fn is_small_part(wanted: usize, all: usize) -> bool {
    wanted < all / SCAN_SHARE
}

fn fill_page(inner: &Inner, request: &PageRequest<'_>, page: &mut Page, now: &Moment) {
    let engine = &inner.engine;
    match request.source {
        PageSource::Keys => {
            page.by_index = None;
            let keys = engine.keys(request.bounds, request.direction, request.view.selection());
            page.fill(keys.map(|key| (None, key)), engine, request, now);
        }
        PageSource::Index(schema, index) => {
            let layout = engine.layout(schema);
            page.by_index = Some(layout.owner_len);
            let tree = engine.indexes(schema).tree(index);
            let entries = tree.range(request.bounds);
            let entries: Box<dyn Iterator<Item = &[u8]>> = match request.direction {
                Direction::Forward => Box::new(entries),
                Direction::Reverse => Box::new(entries.rev()),
            };
            // With nothing due, the entry alone says that there is a record.
            if !request.values && !engine.has_expired(now, None) {
                page.fill_positions(entries, request);
                return;
            }
            let record_key = |entry| LookupKey::Parts(&layout.prefix, tree.record_key(entry));
            let rows = entries.map(|entry| (Some(entry), record_key(entry)));
            page.fill(rows, engine, request, now);
        }
    }
}

fn owner(key: &[u8]) -> Option<PeerId> {
    RecordName::parse(key).ok()?.owner
}
