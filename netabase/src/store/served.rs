//! Tells one listener, a node, which own records that peers are served have changed. What it does with them is not
//! known here.

use std::sync::Arc;

use libp2p::kad::{Record, RecordKey};

use super::{
    NetabaseStore,
    clock::Moment,
    engine::{RowChange, RowRef, SchemaId, Transition},
    error::TooLarge,
    kad::as_record,
    query::{RawRecords, View},
    state::RecordState,
};
use crate::{record::MAX_RECORD_BYTES, schema::lease_is_over};

/// Learns which own records that peers are served have changed by what the application did.
pub(crate) trait ServedSink: Send + Sync {
    /// Notes the key of a record that is not what peers were sent before.
    ///
    /// Runs under the store's lock, so that it agrees with what is stored: it must be quick, wake nobody, and not
    /// call the store.
    fn note(&self, key: &RecordKey);

    /// Wakes whoever acts on what was noted. Runs without the lock.
    fn wake(&self);
}

/// The listener, and whether it was told of something that it was not woken for yet.
#[derive(Default)]
pub(super) struct Served {
    sink: Option<Arc<dyn ServedSink>>,
    has_news: bool,
}

impl Served {
    /// Returns the listener if it is to be woken; not twice for the same.
    pub(super) fn take_news(&mut self) -> Option<Arc<dyn ServedSink>> {
        std::mem::take(&mut self.has_news).then(|| self.sink.clone()).flatten()
    }
}

impl Served {
    /// Refuses a record of so many bytes, key and value, that the listener could not send to peers.
    pub(super) fn check_len(&self, len: usize) -> Result<(), TooLarge> {
        let max_bytes = MAX_RECORD_BYTES;
        if self.sink.is_some() && len > max_bytes {
            return Err(TooLarge::Record { len, max_bytes });
        }
        Ok(())
    }

    /// Tells the listener of what a transition of the application's makes of own records that peers are served.
    pub(super) fn note(&mut self, transition: &Transition) {
        let Some(sink) = &self.sink else { return };
        for RowChange { key, row, previous, .. } in &transition.changes {
            let is_for_peers = |state: RecordState| state.own && state.served;
            let Some(row) = row.as_ref().filter(|row| is_for_peers(row.meta().state)) else {
                continue;
            };
            let was_before = previous.as_ref().is_some_and(|previous| {
                is_for_peers(previous.state()) && previous.header == row.header()
            });
            if !was_before {
                sink.note(key);
                self.has_news = true;
            }
        }
    }
}

/// The keys of own records that peers are served, read page by page.
#[derive(Debug)]
pub(crate) struct ServedRecords(RawRecords);

impl ServedRecords {
    /// Shows the keys among the next `max` own records. False if there are no more.
    pub(crate) fn show_some(&mut self, max: usize, mut show: impl FnMut(&RecordKey)) -> bool {
        for _ in 0..max {
            let Some(own) = self.0.next() else { return false };
            if own.state.served {
                show(&own.record.key);
            }
        }
        true
    }
}

impl NetabaseStore {
    /// Tells `sink` from now on of own records that peers are served, of each that changes, and returns those that
    /// there are. `None` if the store has a listener already.
    ///
    /// The walk over them may take its time: what changes meanwhile is noted.
    pub(crate) fn attach(&self, sink: &Arc<dyn ServedSink>) -> Option<ServedRecords> {
        let mut inner = self.shared.inner.write();
        if inner.served.sink.is_some() {
            return None;
        }
        inner.served.sink = Some(Arc::clone(sink));
        drop(inner);
        Some(ServedRecords(self.raw_walk(b"", View::OwnEverything, false)))
    }

    /// Ends what [`attach`](Self::attach) began.
    pub(crate) fn detach(&self) {
        self.shared.inner.write().served = Served::default();
    }

    /// Returns a record that is offered to peers, as it is now: an own one that they are served, or another's that the
    /// application has passed on.
    pub(crate) fn offered(&self, key: &RecordKey) -> Option<Record> {
        let now = self.now();
        let inner = self.shared.inner.read();
        let stored =
            inner.engine.get(key).filter(|row| is_offered(*row) && !is_over(*row, &now))?;
        Some(as_record(stored, &now))
    }

    /// Returns whether a record may be offered to peers.
    pub(crate) fn is_offered(&self, key: &RecordKey) -> bool {
        self.shared.inner.read().engine.get(key).is_some_and(is_offered)
    }

    /// Returns a record as peers are served it now, and whether it is the application's own.
    pub(crate) fn served_record(&self, key: &RecordKey) -> Option<(Record, bool)> {
        let now = self.now();
        let inner = self.shared.inner.read();
        let stored =
            inner.engine.get(key).filter(|row| row.state().served && !is_over(*row, &now))?;
        Some((as_record(stored, &now), stored.state().own))
    }

    /// Calls `then` if this very record is stored still, while nothing can be written. It must not call the store.
    pub(crate) fn if_current(&self, record: &Record, then: impl FnOnce()) {
        let inner = self.shared.inner.read();
        let is_it = |stored: RowRef<'_>| stored.value == record.value.as_slice();
        if inner.engine.get(&record.key).is_some_and(is_it) {
            then();
        }
    }

    /// Returns the schemas that peers exchange records of.
    pub(crate) fn shared_schemas(&self) -> Vec<SchemaId> {
        self.shared.inner.read().schemas.shared()
    }
}

/// Returns whether a row is for peers: an own one only if they are served it.
fn is_offered(row: RowRef<'_>) -> bool {
    row.state().served || !row.state().own
}

fn is_over(row: RowRef<'_>, now: &Moment) -> bool {
    lease_is_over(row.header().not_after, now.unix_ms()) || row.is_expired(now)
}
