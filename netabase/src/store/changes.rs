//! Changes as watchers of a schema are sent them.

use std::sync::Arc;

use libp2p::kad::RecordKey;
use tokio::sync::broadcast;

use super::engine::ChangeOrigin;

/// How many commits a slow watcher may fall behind before it misses some.
const CAPACITY: usize = 1024;

/// A change of what databases show.
#[derive(Clone, Debug)]
pub(crate) struct RawChange {
    pub(crate) key: RecordKey,
    pub(crate) old: Option<Vec<u8>>,
    pub(crate) new: Option<Vec<u8>>,
    pub(crate) origin: ChangeOrigin,
}

/// The changes of one commit to one schema, in order.
#[derive(Debug)]
pub(crate) struct RawCommit {
    /// The same for all schemas of a store.
    pub(crate) number: u64,
    pub(crate) changes: Vec<RawChange>,
}

/// The commits to one schema, as they happen.
pub(crate) type Receiver = broadcast::Receiver<Arc<RawCommit>>;

pub(super) type Sender = broadcast::Sender<Arc<RawCommit>>;

/// Where the commits to a schema are sent to. What nobody reads in time is dropped, oldest first.
pub(super) fn sender() -> Sender {
    broadcast::channel(CAPACITY).0
}
