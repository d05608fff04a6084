//! Commands that handles send to the task.

use libp2p::{
    Multiaddr, PeerId,
    kad::{Quorum, Record, RecordKey},
};
use tokio::sync::oneshot;

use super::{
    error::NetworkError,
    query::{FetchMode, Fetched, PublishReport},
};
use crate::store::RawRecord;

/// Where the one answer to a command goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, NetworkError>>;

/// What a handle asks of the task.
#[derive(Debug)]
pub(super) enum Command {
    /// Sends a record to the peers closest to its key.
    Publish { record: Record, quorum: Quorum, reply: Reply<PublishReport> },
    /// Looks for the newest record of a key; `known` is what is held here.
    Fetch { key: RecordKey, mode: FetchMode, known: Option<RawRecord>, reply: Reply<Fetched> },
    /// Announces this peer as a provider.
    Provide { key: RecordKey, reply: Reply<()> },
    /// Announces it no longer.
    StopProviding { key: RecordKey },
    /// Looks for providers.
    FindProviders { key: RecordKey, reply: Reply<Vec<PeerId>> },
    /// Connects to these addresses.
    Dial { addresses: Vec<Multiaddr> },
    /// As if mDNS had found these.
    #[cfg(feature = "testkit")]
    Discovered { found: Vec<(PeerId, Multiaddr)> },
}
