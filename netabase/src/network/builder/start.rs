//! Starts a node: its store, its transport, its swarm, and the task that drives them.

use std::{sync::Arc, time::Duration};

use libp2p::{Swarm, identity::Keypair, mdns, swarm};
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, watch},
    time::Instant,
};

use super::{MakeTransport, NetabaseBuilder};
use crate::{
    network::{
        behaviour::{Behaviour, Discovery, DiscoveryParts},
        counters::SharedCounters,
        error::NodeError,
        events::EventSender,
        identity,
        node::{Netabase, Shared},
        offers::{Attached, Offers},
        ports,
        relay_server::RelayServer,
        settings::{MAX_WAITING_COMMANDS, Mode},
        state::NodeState,
        status::Status,
        task::{ConnectionTasks, Listen, Task, TaskChannels},
        transport,
    },
    store::NetabaseStore,
};

/// A node that does not listen yet.
struct Prepared {
    task: Box<Task>,
    node: Netabase,
    /// Dropped when nothing of the node is left.
    end: watch::Sender<()>,
}

impl NetabaseBuilder {
    /// Starts the node, and waits until it listens.
    ///
    /// # Errors
    ///
    /// - [`NodeError::NoRuntime`] if it is not called from within a tokio runtime.
    /// - [`NodeError::Build`] if the network's name or the identity cannot be one.
    /// - [`NodeError::OtherStore`], [`NodeError::StoreInUse`] if the store is another network's or
    ///   peer's, or another node's.
    /// - [`NodeError::IdentityFile`], [`NodeError::NoIdentity`], [`NodeError::IdentityFileIsPublic`] if the
    ///   identity file cannot be used.
    /// - [`NodeError::Transport`], [`NodeError::Listen`] if the machine does not let it listen.
    pub async fn start(self) -> Result<Netabase, NodeError> {
        let runtime = Handle::try_current().map_err(|_| NodeError::NoRuntime)?;
        let listen = match (&self.transport, self.listen.is_empty()) {
            (None, true) => Listen::default_addresses(),
            _ => Listen { required: self.listen.clone(), optional: Vec::new() },
        };
        let external = self.external.clone();
        let Prepared { mut task, node, end } = self.prepare(&runtime)?;
        task.listen(listen).await?;
        task.announce(external);
        let attached = Attached::to(node.store(), node.offers())?;
        runtime.spawn(async move {
            let listeners = task.run().await;
            drop(attached);
            ports::wait_until_free(&listeners).await;
            drop(end);
        });
        Ok(node)
    }

    /// Makes everything but what has to be waited for.
    fn prepare(self, runtime: &Handle) -> Result<Prepared, NodeError> {
        let (mode, uses_mdns, uses_upnp) = (self.mode, self.uses_mdns, self.uses_upnp);
        let (limits, relay_limits) = (self.limits.clone(), self.relay_limits.clone());
        let bootstrap = self.bootstrap.clone();
        let (store, transport) = self.into_store()?;
        let (counters, events) = (Arc::new(SharedCounters::default()), EventSender::new());
        let (transport, relay_client) = if let Some(transport) = transport {
            (transport(store.identity()), None)
        } else {
            let (system, relay_client) =
                transport::system(store.identity()).map_err(NodeError::Transport)?;
            (system, Some(relay_client))
        };
        let peer = store.peer_id();
        let relays = mode == Mode::Server && relay_client.is_some();
        let server = || RelayServer::new(peer, &relay_limits, Arc::clone(&counters));
        let mdns = || mdns::tokio::Behaviour::new(mdns::Config::default(), peer);
        let mdns = uses_mdns.then(mdns).transpose().map_err(NodeError::Transport)?;
        let server = relays.then(server);
        let parts = DiscoveryParts { server, relay_client, mdns, uses_upnp };
        let discovery = Discovery::new(peer, store.network(), parts);
        let behaviour =
            Behaviour::new(&store, &limits, Arc::clone(&counters), events.clone(), discovery);
        let (executor, connection_tasks) = ConnectionTasks::new(runtime.clone());
        // Connections are kept by their handlers, as long as `KeepAlive` says.
        let config =
            swarm::Config::with_executor(executor).with_idle_connection_timeout(Duration::ZERO);
        let swarm = Swarm::new(transport, behaviour, store.peer_id(), config);
        let offers = Arc::new(Offers::default());
        let state = NodeState::new(store.clone(), Arc::clone(&offers), bootstrap, mode);

        let (commands, inbox) = mpsc::channel(MAX_WAITING_COMMANDS);
        let obstacle = state.obstacle().cloned();
        let (status, seen_status) = watch::channel(Status { obstacle, ..Status::default() });
        let (end, ended) = watch::channel(());
        let [stop, abandoned] = [(); 2].map(|()| Arc::new(Notify::new()));
        let node = Netabase::from_shared(Shared {
            store,
            offers,
            commands,
            stop: Arc::clone(&stop),
            abandoned: Arc::clone(&abandoned),
            status: seen_status,
            started: Instant::now(),
            events: events.source(),
            counters: Arc::clone(&counters),
            ended,
        });
        let channels = TaskChannels { commands: inbox, stop, abandoned, status, events, counters };
        let task = Box::new(Task::new(swarm, connection_tasks, channels, state));
        Ok(Prepared { task, node, end })
    }

    /// Returns the store that was given, or makes one as it was described; and the transport, if one was given. Writes
    /// a new identity file only if there can be such a store.
    fn into_store(self) -> Result<(NetabaseStore, Option<MakeTransport>), NodeError> {
        #[cfg(feature = "disk")]
        if let (Some(_), Some(directory)) = (&self.store, self.store_builder.directory()) {
            return Err(NodeError::StoreElsewhere { directory: directory.to_owned() });
        }
        let identity = match (self.identity, self.identity_file, &self.store) {
            (Some(identity), ..) => Some(identity),
            (None, None, _) => None,
            (None, Some(path), None) => {
                self.store_builder.check()?;
                Some(identity::load_or_save(&path, Keypair::generate_ed25519)?)
            }
            (None, Some(path), Some(store)) => {
                check_store(store, &self.network, None)?;
                Some(identity::load_or_save(&path, || store.identity().clone())?)
            }
        };
        let store = match (self.store, identity) {
            (Some(store), identity) => {
                check_store(&store, &self.network, identity.as_ref())?;
                store
            }
            (None, Some(identity)) => self.store_builder.identity(identity).build()?,
            (None, None) => self.store_builder.build()?,
        };
        Ok((store, self.transport))
    }
}

/// Refuses a store of another network, or of another identity, if one was asked for.
fn check_store(
    store: &NetabaseStore,
    network: &str,
    identity: Option<&Keypair>,
) -> Result<(), NodeError> {
    let check = |what, found: String, expected: String| {
        if found == expected {
            return Ok(());
        }
        Err(NodeError::OtherStore { what, found, expected })
    };
    check("network", store.network().to_owned(), network.to_owned())?;
    let expected = identity.map_or(store.peer_id(), |identity| identity.public().to_peer_id());
    check("peer", store.peer_id().to_string(), expected.to_string())
}
