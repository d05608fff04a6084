//! Records as they are, in the order of their keys.

use std::{iter::FusedIterator, ops::Bound};

use libp2p::kad::{Record, RecordKey};

use super::{
    View,
    page::{Page, PageRequest, PageSource},
};
use crate::{
    schema::EnvelopeHeader,
    store::{
        NetabaseStore,
        bounds::{Direction, end_of_prefix},
        kad::{as_record, lease_end},
        state::RecordState,
    },
};

const PAGE_ROWS: usize = 256;

/// A record as the store holds it, and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Key and value as they would be sent; no publisher, and the end of the lease as expiry.
    pub record: Record,
    /// Whose it is and who sees it.
    pub state: RecordState,
}

impl NetabaseStore {
    /// The record of a key as it is, if a view shows it.
    pub(crate) fn shown_record(&self, key: &RecordKey, view: View) -> Option<Record> {
        let mut value = Vec::new();
        self.read(key, view, &mut value).then(|| self.as_record(key.clone(), value))
    }

    /// A record as it is sent: no publisher, and the end of its lease as expiry.
    pub(crate) fn as_record(&self, key: RecordKey, value: Vec<u8>) -> Record {
        let not_after = EnvelopeHeader::peek(&value).map_or(0, |header| header.not_after);
        let expires = lease_end(not_after, self.shared.clock.now());
        Record { key, value, publisher: None, expires }
    }

    /// All records of all schemas in the order of their keys, tombstones included, and those of schemas and
    /// versions that are not known here. What has expired is none.
    ///
    /// Read page by page: records written meanwhile are met if their key lies ahead.
    #[must_use]
    pub fn raw_records(&self) -> RawRecords {
        self.raw_records_with_prefix(b"")
    }

    /// The records whose key starts with `prefix`, in the order of their keys.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] name: String }
    /// let store = NetabaseStore::new();
    /// store.database::<User>()?.put(&User { name: "ada".into() })?;
    ///
    /// let raw: Vec<_> = store.raw_records_with_prefix(b"/netabase/user/").collect();
    /// assert_eq!(raw[0].record.key.as_ref(), b"/netabase/user/lada\0");
    /// assert!(raw[0].state.own && !raw[0].state.served);
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    #[must_use]
    pub fn raw_records_with_prefix(&self, prefix: &[u8]) -> RawRecords {
        self.raw_walk(prefix, View::Everything, true)
    }

    /// The keys of all records that a view shows.
    pub(super) fn raw_keys(&self, view: View) -> RawRecords {
        self.raw_walk(b"", view, false)
    }

    pub(in crate::store) fn raw_walk(&self, prefix: &[u8], view: View, values: bool) -> RawRecords {
        RawRecords {
            store: self.clone(),
            view,
            values,
            lower: Bound::Included(prefix.to_vec()),
            upper: end_of_prefix(prefix),
            page: Page::default(),
            next: 0,
        }
    }

    /// One record as it is, if a view shows it.
    pub(crate) fn raw_record(&self, key: &RecordKey, view: View) -> Option<RawRecord> {
        let now = self.now();
        let inner = self.shared.inner.read();
        let row = inner.engine.get(key);
        let row = row.filter(|row| view.shows(*row) && !row.is_expired(&now))?;
        Some(RawRecord { record: as_record(row, &now), state: row.state() })
    }
}

/// The records of a store as they are; see [`NetabaseStore::raw_records`].
#[derive(Debug)]
pub struct RawRecords {
    store: NetabaseStore,
    view: View,
    /// `true` if the values are read, `false` if keys alone are.
    values: bool,
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
    page: Page,
    next: usize,
}

impl Iterator for RawRecords {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        let row = self.next_row()?;
        Some(self.raw_record(row))
    }
}

impl FusedIterator for RawRecords {}

impl RawRecords {
    pub(super) fn next_key(&mut self) -> Option<&[u8]> {
        let row = self.next_row()?;
        Some(self.page.position(row))
    }

    fn next_row(&mut self) -> Option<usize> {
        while self.next >= self.page.len() {
            if self.page.is_complete() {
                return None;
            }
            self.turn_page();
        }
        self.next += 1;
        Some(self.next - 1)
    }

    fn turn_page(&mut self) {
        let request = PageRequest {
            bounds: (
                self.lower.as_ref().map(Vec::as_slice),
                self.upper.as_ref().map(Vec::as_slice),
            ),
            source: PageSource::Keys,
            direction: Direction::Forward,
            max_rows: PAGE_ROWS,
            view: self.view,
            values: self.values,
        };
        self.store.fill_page(&request, &mut self.page);
        self.lower = Bound::Excluded(self.page.last_visited().to_vec());
        self.next = 0;
    }

    fn raw_record(&self, row: usize) -> RawRecord {
        let key = RecordKey::new(&self.page.position(row));
        let record = self.store.as_record(key, self.page.value(row).to_vec());
        RawRecord { record, state: self.page.state(row) }
    }
}
