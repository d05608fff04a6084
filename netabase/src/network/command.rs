//! Lists what a handle asks of the task.

use libp2p::{
    Multiaddr, PeerId,
    kad::{Quorum, Record, RecordKey},
};
use tokio::sync::oneshot;

use super::{
    error::NetworkError,
    query::{FetchMode, Fetched},
    report::PublishReport,
};
use crate::store::RawRecord;

/// Takes the one answer to a command.
pub(super) type Reply<T> = oneshot::Sender<Result<T, NetworkError>>;

/// A request of a handle.
#[derive(Debug)]
pub(super) enum Command {
    /// Sends a record to the peers closest to its key.
    Publish { record: Record, quorum: Quorum, reply: Reply<PublishReport> },
    /// Looks for the newest record of a key; `held` is the one that is held here.
    Fetch { key: RecordKey, mode: FetchMode, held: Option<RawRecord>, reply: Reply<Fetched> },
    /// Announces this peer as a provider.
    Provide { key: RecordKey, reply: Reply<()> },
    /// Stops announcing this peer.
    StopProviding { key: RecordKey },
    /// Looks for providers.
    FindProviders { key: RecordKey, reply: Reply<Vec<PeerId>> },
    /// Connects to these addresses.
    Dial { addresses: Vec<Multiaddr> },
    /// Acts as if mDNS had found these.
    #[cfg(feature = "testkit")]
    Discovered { found: Vec<(PeerId, Multiaddr)> },
}

impl Command {
    /// Returns whether the caller has given up.
    pub(super) fn is_abandoned(&self) -> bool {
        match self {
            Self::Publish { reply, .. } => reply.is_closed(),
            Self::Fetch { reply, .. } => reply.is_closed(),
            Self::FindProviders { reply, .. } => reply.is_closed(),
            _ => false,
        }
    }

    /// Returns whether a caller waits for a query in the network.
    pub(super) fn is_query(&self) -> bool {
        matches!(
            self,
            Self::Publish { .. }
                | Self::Fetch { .. }
                | Self::Provide { .. }
                | Self::FindProviders { .. }
        )
    }
}
