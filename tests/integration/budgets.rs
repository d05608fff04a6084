//! What the application writes and what others write have budgets of their own; who makes room for whom.

mod apart;

mod eviction;

mod oracle;

mod flood;

use std::net::Ipv4Addr;

use libp2p::kad::Record;
use netabase::{
    DatabaseError, Limits, ManualClock, MemoryStoreDatabase, NetabaseStore, RawRecord, Source,
    WriteError,
};

use crate::{
    clocks::{NOW_MS, store_at},
    schemas::{Note, note},
};

/// A store of these limits by a clock that stands still, and its notes.
pub(crate) fn notes_within(limits: Limits) -> MemoryStoreDatabase<Note> {
    let store = store_within(limits, &ManualClock::at_unix_ms(NOW_MS));
    store.database().expect("a new store knows no other schema")
}

pub(crate) fn store_within(limits: Limits, clock: &ManualClock) -> NetabaseStore {
    let store = NetabaseStore::builder().limits(limits).clock(clock.clone()).build();
    store.expect("a fresh identity is ed25519")
}

/// Records that another peer wrote, each later than the one before, when the clocks here stood still.
pub(crate) struct Author(MemoryStoreDatabase<Note>);

impl Author {
    pub(crate) fn new() -> Self {
        Self::at(&ManualClock::at_unix_ms(NOW_MS))
    }

    pub(crate) fn at(clock: &ManualClock) -> Self {
        Self(store_at(clock).database().expect("a new store knows no other schema"))
    }

    pub(crate) fn record(&self, title: &str, text: &str) -> Result<Record, WriteError> {
        self.0.to_record(&note(title, text))
    }
}

/// One of 2^32 addresses.
pub(crate) fn source(number: u32) -> Source {
    Source::of_ip(Ipv4Addr::from_bits(number).into())
}

/// What a record without index entries takes.
pub(crate) fn weight(record: &Record) -> usize {
    record.key.as_ref().len() + record.value.len()
}

/// The records that the application wrote, tombstones included, as they are.
pub(crate) fn own_records(store: &NetabaseStore) -> Vec<RawRecord> {
    store.raw_records().filter(|raw| raw.state.own).collect()
}

/// The titles of the notes that are held for others, in their order.
fn held_titles(notes: &MemoryStoreDatabase<Note>) -> Result<Vec<String>, DatabaseError> {
    notes.with_held().iter().map(|note| Ok(note?.title)).collect()
}
