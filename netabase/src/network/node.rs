use std::{fmt, sync::Arc};

use libp2p::{
    Multiaddr, PeerId,
    futures::future::BoxFuture,
    kad::{Quorum, Record, RecordKey},
};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::{Instant, timeout_at},
};

use super::{
    builder::NetabaseBuilder,
    command::{Command, Reply},
    counters::{NodeCounters, Tally},
    error::{BootstrapError, NetworkError},
    events::{EventSource, NodeEvents},
    query::{FetchMode, Fetched, PublishReport},
    remote::NetworkDatabase,
    settings::BOOTSTRAP_PATIENCE,
    task::Status,
};
use crate::{
    database::MemoryStoreDatabase,
    schema::{KeyOf, NetabaseSchema, SharedSchema},
    store::{NetabaseStore, RawRecord, StoreError},
};

/// A node of a network: a store inside a running libp2p swarm.
///
/// A cloneable handle. The node runs until [`shutdown`](Self::shutdown), or until the last handle and the last
/// [`NetworkDatabase`] is gone; the store, and its databases, live on.
///
/// # Examples
///
/// ```
/// use netabase::{Netabase, NetabaseSchema};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
/// #[netabase(access = "owned")]
/// struct Airport { #[netabase(key)] icao: String, name: String }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let on_loopback = "/ip4/127.0.0.1/tcp/0".parse()?;
/// let alice = Netabase::builder("my-app").listen(on_loopback).start().await?;
/// let kef = Airport { icao: "BIKF".into(), name: "Keflavik".into() };
/// alice.publish(&kef).await?;
///
/// let bob = Netabase::builder("my-app").bootstrap(alice.addresses()).start().await?;
/// let found = bob.network::<Airport>()?.of(alice.peer_id()).get("BIKF").await?;
/// assert_eq!(found, Some(kef));
/// # alice.shutdown().await;
/// # bob.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Netabase {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) store: NetabaseStore,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) stop: Arc<Notify>,
    pub(super) status: watch::Receiver<Status>,
    pub(super) started: Instant,
    pub(super) events: EventSource,
    pub(super) tally: Arc<Tally>,
    /// Closed when nothing of the node is left.
    pub(super) ended: watch::Receiver<()>,
}

impl Netabase {
    /// Starts to describe a node of the network with this name, `[a-z0-9_.-]{1,64}`: applications of
    /// different names never meet, and records signed for one are worth nothing in another.
    pub fn builder(network: impl Into<String>) -> NetabaseBuilder {
        NetabaseBuilder::new(network.into())
    }

    pub(super) fn from_shared(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// The store whose records the node shares.
    #[must_use]
    pub fn store(&self) -> &NetabaseStore {
        &self.shared.store
    }

    /// The node's id; the owner of what it publishes.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.shared.store.peer_id()
    }

    /// Where the node can be reached now, each address with its peer id at the end: what other nodes
    /// [bootstrap](NetabaseBuilder::bootstrap) from.
    #[must_use]
    pub fn addresses(&self) -> Vec<Multiaddr> {
        self.shared.status.borrow().addresses.clone()
    }

    /// Whether other nodes may count on this one to hold records, since they can reach it.
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.shared.status.borrow().is_server
    }

    /// What the node has done, and how it stands.
    #[must_use]
    pub fn counters(&self) -> NodeCounters {
        self.shared.tally.snapshot()
    }

    /// What happens to the node from now on.
    #[must_use]
    pub fn events(&self) -> NodeEvents {
        self.shared.events.subscribe()
    }

    /// The typed database of `V` on this machine. What is put there is private until it is published.
    ///
    /// # Errors
    ///
    /// [`StoreError::SchemaConflict`] if another type of the same schema name is in use.
    pub fn database<V: NetabaseSchema>(&self) -> Result<MemoryStoreDatabase<V>, StoreError> {
        self.shared.store.database()
    }

    /// The values of `V` on the network: the same trait as the database on this machine.
    ///
    /// # Errors
    ///
    /// As [`database`](Self::database).
    pub fn network<V: SharedSchema>(&self) -> Result<NetworkDatabase<V>, StoreError> {
        Ok(NetworkDatabase::new(self.clone(), self.database()?))
    }

    /// Publishes a value: [`NetworkDatabase::publish`] with the usual quorum.
    ///
    /// # Errors
    ///
    /// As there.
    #[must_use = "futures do nothing unless they are awaited"]
    // Not an `async fn`, as those below that are about a shared schema: rustc asks for the bounds of
    // such a function at its arguments, at its call and at `await`, and reports a local schema thrice.
    pub fn publish<'a, V: SharedSchema>(
        &'a self,
        value: &'a V,
    ) -> BoxFuture<'a, Result<PublishReport, NetworkError>> {
        Box::pin(async move { self.network()?.publish(value).await })
    }

    /// Looks for the newest value of a key: [`NetworkDatabase::get`]. Of an owned schema, this node's own;
    /// others' are found with [`NetworkDatabase::of`].
    ///
    /// # Errors
    ///
    /// As there.
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn fetch<'a, V: SharedSchema>(
        &'a self,
        key: &'a (impl KeyOf<V::Key> + Sync + ?Sized),
    ) -> BoxFuture<'a, Result<Option<V>, NetworkError>> {
        Box::pin(async move { self.network()?.get(key).await })
    }

    /// Stops serving and renewing a value; it stays here, and copies at other peers lapse with their
    /// lease. False if there is no value. To delete it everywhere, use [`NetworkDatabase::remove`].
    ///
    /// # Errors
    ///
    /// [`NetworkError::Database`] if no record could have such a key.
    pub fn unpublish<V: SharedSchema>(
        &self,
        key: &(impl KeyOf<V::Key> + Sync + ?Sized),
    ) -> Result<bool, NetworkError> {
        Ok(self.database::<V>()?.unpublish(key)?)
    }

    /// Announces that this node has values of `V`. Repeated by the node until it is
    /// [stopped](Self::stop_providing).
    ///
    /// # Errors
    ///
    /// [`NetworkError::TimedOut`], [`NetworkError::Stopped`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn provide<V: SharedSchema>(&self) -> BoxFuture<'_, Result<(), NetworkError>> {
        Box::pin(async {
            let key = self.database::<V>()?.provider_key();
            self.settled().await;
            self.ask(|reply| Command::Provide { key, reply }).await
        })
    }

    /// Announces it no longer; what was announced ends after two days.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Stopped`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn stop_providing<V: SharedSchema>(&self) -> BoxFuture<'_, Result<(), NetworkError>> {
        Box::pin(async {
            let key = self.database::<V>()?.provider_key();
            self.tell(Command::StopProviding { key }).await
        })
    }

    /// Peers that have announced values of `V`, those closest to the schema's key first: at most 20, and so a
    /// sample if there are more.
    ///
    /// # Errors
    ///
    /// [`NetworkError::NobodyToAsk`], [`NetworkError::Unreachable`], [`NetworkError::TimedOut`],
    /// [`NetworkError::Stopped`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn find_providers<V: SharedSchema>(
        &self,
    ) -> BoxFuture<'_, Result<Vec<PeerId>, NetworkError>> {
        Box::pin(async {
            let key = self.database::<V>()?.provider_key();
            self.settled().await;
            self.ask(|reply| Command::FindProviders { key, reply }).await
        })
    }

    /// Connects to further addresses, for instance ones that another way of discovery has found.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Stopped`].
    pub async fn dial(
        &self,
        addresses: impl IntoIterator<Item = Multiaddr>,
    ) -> Result<(), NetworkError> {
        self.tell(Command::Dial { addresses: addresses.into_iter().collect() }).await
    }

    /// Waits until the node has met the network it was given addresses of, until ten seconds after its start. Later
    /// it tells at once how things stand. A node that was given none has nobody to wait for.
    ///
    /// # Errors
    ///
    /// What was in the way; but for the last, the node goes on trying:
    ///
    /// - [`BootstrapError::NobodyAnswered`], [`BootstrapError::OtherPeer`], [`BootstrapError::OtherNetwork`],
    ///   [`BootstrapError::NotServing`] if nobody of the network is known.
    /// - [`BootstrapError::Unfinished`] if somebody is.
    /// - [`BootstrapError::Stopped`] if the node has ended.
    pub async fn bootstrapped(&self) -> Result<(), BootstrapError> {
        self.bootstrapped_by(self.shared.started + BOOTSTRAP_PATIENCE).await
    }

    pub(super) async fn bootstrapped_by(&self, deadline: Instant) -> Result<(), BootstrapError> {
        let mut status = self.shared.status.clone();
        let is_met = status.wait_for(|status| status.obstacle.is_none());
        // Also when the time is over: the status tells.
        let _ = timeout_at(deadline, is_met).await;
        if self.shared.status.has_changed().is_err() {
            return Err(BootstrapError::Stopped);
        }
        self.shared.status.borrow().obstacle.clone().map_or(Ok(()), Err)
    }

    /// Gives the node time to meet the network. If it does not, the call that waits says what comes of that.
    async fn settled(&self) {
        let _ = self.bootstrapped().await;
    }

    /// Ends the node, and waits until nothing of it is left: no task, no connection, no port. The store
    /// stays as it is. Calls that are under way fail with [`NetworkError::Stopped`].
    ///
    /// The port of QUIC is free after three times the longest round trip; after three seconds if a peer was being
    /// dialled that does not answer. It is waited for at most five.
    pub async fn shutdown(self) {
        self.shared.stop.notify_one();
        let mut ended = self.shared.ended.clone();
        let _ = ended.changed().await;
    }

    pub(super) async fn publish_record(
        &self,
        record: Record,
        quorum: Quorum,
    ) -> Result<PublishReport, NetworkError> {
        self.settled().await;
        self.ask(|reply| Command::Publish { record, quorum, reply }).await
    }

    pub(super) async fn fetch_record(
        &self,
        key: RecordKey,
        mode: FetchMode,
        known: Option<RawRecord>,
    ) -> Result<Fetched, NetworkError> {
        self.settled().await;
        self.ask(|reply| Command::Fetch { key, mode, known, reply }).await
    }

    #[cfg(feature = "testkit")]
    pub(super) async fn discovered(
        &self,
        found: Vec<(PeerId, Multiaddr)>,
    ) -> Result<(), NetworkError> {
        self.tell(Command::Discovered { found }).await
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, NetworkError> {
        let (reply, answer) = oneshot::channel();
        self.tell(command(reply)).await?;
        answer.await.unwrap_or(Err(NetworkError::Stopped))
    }

    async fn tell(&self, command: Command) -> Result<(), NetworkError> {
        self.shared.commands.send(command).await.map_err(|_| NetworkError::Stopped)
    }
}

impl fmt::Debug for Netabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Netabase")
            .field("network", &self.shared.store.network())
            .field("peer_id", &self.peer_id())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
