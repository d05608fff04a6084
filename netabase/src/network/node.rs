//! Gives applications a handle on a running node. It asks the task, and decides nothing itself.

mod calls;

use std::{fmt, sync::Arc};

use libp2p::{Multiaddr, PeerId, futures::future::BoxFuture};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, timeout_at},
};

use super::{
    command::Command,
    counters::{NodeCounters, SharedCounters},
    error::{BootstrapError, NetworkError},
    events::{EventSource, NodeEvents},
    offers::Offers,
    reachability::Reachability,
    settings::BOOTSTRAP_TIMEOUT,
    status::Status,
};
use crate::{
    database::MemoryStoreDatabase,
    schema::{KeyOf, NetabaseSchema, SharedSchema},
    store::{NetabaseStore, OpenError},
};

/// A node of a network: a store inside a running libp2p swarm.
///
/// A cloneable handle. The node runs until [`shutdown`](Self::shutdown), or until the last handle and the last
/// [`NetworkDatabase`](crate::NetworkDatabase) are dropped; the store, and its databases, live on.
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
    pub(super) offers: Arc<Offers>,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) stop: Arc<Notify>,
    pub(super) abandoned: Arc<Notify>,
    pub(super) status: watch::Receiver<Status>,
    pub(super) started: Instant,
    pub(super) events: EventSource,
    pub(super) counters: Arc<SharedCounters>,
    /// Closed when nothing of the node is left.
    pub(super) ended: watch::Receiver<()>,
}

impl Netabase {
    pub(super) fn from_shared(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Returns the store whose records the node shares.
    #[must_use]
    pub fn store(&self) -> &NetabaseStore {
        &self.shared.store
    }

    /// Returns the keys of own records that peers have yet to be sent.
    pub(super) fn offers(&self) -> &Arc<Offers> {
        &self.shared.offers
    }

    /// Returns the node's id: the owner of what it publishes.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.shared.store.peer_id()
    }

    /// Returns the addresses at which the node can be reached now, each with its peer id at the end. Other nodes
    /// [bootstrap](crate::NetabaseBuilder::bootstrap) from them.
    #[must_use]
    pub fn addresses(&self) -> Vec<Multiaddr> {
        self.shared.status.borrow().addresses.clone()
    }

    /// Returns whether other nodes may count on this one to hold records, since they can reach it.
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.shared.status.borrow().is_server
    }

    /// Returns how other nodes reach this one now, and if they do not, why.
    #[must_use]
    pub fn reachability(&self) -> Reachability {
        self.shared.status.borrow().reachability
    }

    /// Returns what the node has done, and what it holds now.
    #[must_use]
    pub fn counters(&self) -> NodeCounters {
        self.shared.counters.snapshot()
    }

    /// Returns the events of the node from now on.
    #[must_use]
    pub fn events(&self) -> NodeEvents {
        self.shared.events.subscribe()
    }

    /// Returns the typed database of `V` on this machine. What is put there is private until it is published.
    ///
    /// # Errors
    ///
    /// [`OpenError::SchemaConflict`] if another type of the same schema name is in use.
    pub fn database<V: NetabaseSchema>(&self) -> Result<MemoryStoreDatabase<V>, OpenError> {
        self.shared.store.database()
    }

    /// Stops serving and renewing a value; it stays here, and copies at other peers lapse with their
    /// lease. False if there is no value. To delete it everywhere, use
    /// [`NetworkDatabase::remove`](crate::NetworkDatabase::remove).
    ///
    /// # Errors
    ///
    /// [`NetworkError::Write`] if no record could have such a key.
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
            self.wait_for_bootstrap().await;
            self.call(|reply| Command::Provide { key, reply }).await
        })
    }

    /// Stops announcing it; what was announced ends after two days.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Stopped`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn stop_providing<V: SharedSchema>(&self) -> BoxFuture<'_, Result<(), NetworkError>> {
        Box::pin(async {
            let key = self.database::<V>()?.provider_key();
            self.send(Command::StopProviding { key }).await
        })
    }

    /// Finds peers that have announced values of `V`, those closest to the schema's key first: at most 20, and so a
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
            self.wait_for_bootstrap().await;
            self.call(|reply| Command::FindProviders { key, reply }).await
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
        self.send(Command::Dial { addresses: addresses.into_iter().collect() }).await
    }

    /// Waits until the node has joined the network it was given addresses of, at most until ten seconds after its
    /// start. Later calls return at once. A node that was given none has nothing to wait for. Returns how others reach it
    /// as far as it is known by then: to be sure takes some seconds more, and [`NodeEvent::Reachability`](crate::NodeEvent::Reachability) tells.
    ///
    /// # Errors
    ///
    /// The obstacle. In all cases but the last the node goes on trying:
    ///
    /// - [`BootstrapError::NobodyAnswered`], [`BootstrapError::OtherPeer`], [`BootstrapError::OtherNetwork`],
    ///   [`BootstrapError::NotServing`] if no peer of the network is known.
    /// - [`BootstrapError::Unfinished`] if one is.
    /// - [`BootstrapError::Stopped`] if the node has ended.
    pub async fn bootstrapped(&self) -> Result<Reachability, BootstrapError> {
        self.bootstrapped_by(self.shared.started + BOOTSTRAP_TIMEOUT).await?;
        Ok(self.reachability())
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
