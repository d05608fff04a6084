use std::{iter::FusedIterator, ops::Bound};

use libp2p::kad::{Record, RecordKey};

use super::{
    NetabaseStore,
    kad::lease_end,
    order::end_of_prefix,
    page::{Direction, Page, PageRequest, Source, View},
    state::RecordState,
};
use crate::schema::EnvelopeHeader;

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
    /// The record of a key as it is, if databases show it.
    pub(crate) fn visible_record(&self, key: &RecordKey) -> Option<Record> {
        let mut value = Vec::new();
        self.read(key, &mut value).then(|| self.as_record(key.clone(), value))
    }

    fn as_record(&self, key: RecordKey, value: Vec<u8>) -> Record {
        let not_after = EnvelopeHeader::peek(&value).map_or(0, |header| header.not_after);
        let expires = lease_end(not_after, self.shared.clock.now());
        Record { key, value, publisher: None, expires }
    }

    /// All records of all schemas in the order of their keys, tombstones included.
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
        RawRecords {
            store: self.clone(),
            lower: Bound::Included(prefix.to_vec()),
            upper: end_of_prefix(prefix),
            page: Page::default(),
            next: 0,
        }
    }
}

/// The records of a store as they are; see [`NetabaseStore::raw_records`].
#[derive(Debug)]
pub struct RawRecords {
    store: NetabaseStore,
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
    page: Page,
    next: usize,
}

impl Iterator for RawRecords {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        while self.next >= self.page.len() {
            if self.page.is_complete() {
                return None;
            }
            self.turn_page();
        }
        let row = self.next;
        self.next += 1;
        Some(self.raw_record(row))
    }
}

impl FusedIterator for RawRecords {}

impl RawRecords {
    fn turn_page(&mut self) {
        let request = PageRequest {
            bounds: (
                self.lower.as_ref().map(Vec::as_slice),
                self.upper.as_ref().map(Vec::as_slice),
            ),
            source: Source::Keys,
            direction: Direction::Forward,
            max_rows: PAGE_ROWS,
            view: View::Everything,
            values: true,
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
