//! Lists what a handle asks of the task.

use libp2p::{
    Multiaddr, PeerId,
    kad::{Quorum, Record, RecordKey},
};
use tokio::sync::{Notify, mpsc, oneshot};

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

/// Sends a command, and waits for its answer. A caller that gives up is noticed: its query makes room for others.
pub(super) async fn call<T>(
    commands: &mpsc::Sender<Command>,
    abandoned: &Notify,
    command: impl FnOnce(Reply<T>) -> Command,
) -> Result<T, NetworkError> {
    let mut call = Call { abandoned, is_answered: false };
    // Dropped before the call, which then has the task find this end closed.
    let (reply, answer) = oneshot::channel();
    commands.send(command(reply)).await.map_err(|_| NetworkError::Stopped)?;
    let result = answer.await.unwrap_or(Err(NetworkError::Stopped));
    call.is_answered = true;
    result
}

/// Tells the task of a caller that gives up.
struct Call<'a> {
    abandoned: &'a Notify,
    is_answered: bool,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.abandoned.notify_one();
        }
    }
}
