//! Asks a node's task for something, and waits for its answer.

use libp2p::kad::{Quorum, Record, RecordKey};
#[cfg(feature = "testkit")]
use libp2p::{Multiaddr, PeerId};

use super::Netabase;
use crate::{
    network::{
        command::{Command, Reply, call},
        error::NetworkError,
        query::{FetchMode, Fetched},
        report::PublishReport,
    },
    store::RawRecord,
};

impl Netabase {
    /// Gives the node time to join the network. If it does not, the call that waits fails by itself.
    pub(super) async fn wait_for_bootstrap(&self) {
        let _ = self.bootstrapped().await;
    }

    pub(in crate::network) async fn publish_record(
        &self,
        record: Record,
        quorum: Quorum,
    ) -> Result<PublishReport, NetworkError> {
        self.wait_for_bootstrap().await;
        self.call(|reply| Command::Publish { record, quorum, reply }).await
    }

    pub(in crate::network) async fn fetch_record(
        &self,
        key: RecordKey,
        mode: FetchMode,
        held: Option<RawRecord>,
    ) -> Result<Fetched, NetworkError> {
        self.wait_for_bootstrap().await;
        self.call(|reply| Command::Fetch { key, mode, held, reply }).await
    }

    #[cfg(feature = "testkit")]
    pub(in crate::network) async fn discovered(
        &self,
        found: Vec<(PeerId, Multiaddr)>,
    ) -> Result<(), NetworkError> {
        self.send(Command::Discovered { found }).await
    }

    pub(super) async fn call<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, NetworkError> {
        call(&self.shared.commands, &self.shared.abandoned, command).await
    }

    pub(super) async fn send(&self, command: Command) -> Result<(), NetworkError> {
        self.shared.commands.send(command).await.map_err(|_| NetworkError::Stopped)
    }
}
