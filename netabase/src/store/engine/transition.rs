//! One step of the engine's state, planned to the last byte: what a journal would write, and what
//! [`apply`](super::Engine::apply) does.

use libp2p::kad::RecordKey;

use super::{
    catalogue::SchemaId,
    row::{Previous, Row},
};
use crate::schema::Timestamp;

/// Who, or what, changed a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeOrigin {
    /// This application, through a database.
    #[default]
    Local,
    /// A record from elsewhere: from another peer, or handed in.
    Remote,
    /// Its end of life, or the end of the lease that its author gave it.
    Expired,
    /// The store, to make room for another foreign record.
    Evicted,
}

/// All that one commit changes, in order: rows that have expired, rows that are evicted, and what was to be written.
pub(in crate::store) struct Transition {
    pub(in crate::store) changes: Vec<RowChange>,
    /// The latest timestamp given to a local write, from then on.
    pub(in crate::store) clock: Timestamp,
    /// The state that it was planned from.
    pub(super) from: u64,
}

/// What becomes of one key.
pub(in crate::store) struct RowChange {
    pub(in crate::store) schema: SchemaId,
    /// If a row is replaced, the key that it has: map and record go on sharing one allocation.
    pub(in crate::store) key: RecordKey,
    /// The row from then on; `None` if it is removed.
    pub(in crate::store) row: Option<Row>,
    /// The row until then.
    pub(in crate::store) previous: Option<Previous>,
    pub(in crate::store) origin: ChangeOrigin,
}
