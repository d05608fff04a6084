//! Makes the parts of a node: store, swarm, handle and task.

use std::{sync::Arc, time::Duration};

use libp2p::{Swarm, identity::Keypair, mdns, swarm};
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, watch},
    time::Instant,
};

use super::{NetabaseBuilder, TransportOf};
use crate::{
    network::{
        behaviour::{Behaviour, Discovery},
        counters::Tally,
        error::{BootstrapError, NodeError},
        events::EventSender,
        identity,
        node::{Netabase, Shared},
        offers::Offers,
        settings::MAX_WAITING_COMMANDS,
        status::Status,
        task::{Bootstrap, ConnectionTasks, Ends, Task},
        transport,
    },
    store::NetabaseStore,
};

impl NetabaseBuilder {
    /// All but what has to be waited for.
    pub(super) fn prepare(self, runtime: &Handle) -> Result<Prepared, NodeError> {
        let Self { mode, uses_mdns, .. } = self;
        let (limits, bootstrap) = (self.limits.clone(), Bootstrap::new(self.bootstrap.clone()));
        let (store, transport) = self.into_store()?;
        let tally = Arc::new(Tally::default());
        let discovery = discovery(&store, transport.is_none(), uses_mdns)?;
        let events = EventSender::new();
        let behaviour =
            Behaviour::new(&store, &limits, Arc::clone(&tally), events.clone(), discovery);
        let transport = match transport {
            Some(transport) => transport(store.identity()),
            None => transport::system(store.identity()).map_err(NodeError::Transport)?,
        };
        let (executor, connection_tasks) = ConnectionTasks::new(runtime.clone());
        // Connections are kept by their handlers, as long as `KeepAlive` says.
        let config =
            swarm::Config::with_executor(executor).with_idle_connection_timeout(Duration::ZERO);
        let swarm = Swarm::new(transport, behaviour, store.peer_id(), config);

        let (commands, inbox) = mpsc::channel(MAX_WAITING_COMMANDS);
        let addresses = bootstrap.len();
        let obstacle =
            (addresses > 0).then_some(BootstrapError::NobodyAnswered { addresses, source: None });
        let (status, seen_status) = watch::channel(Status { obstacle, ..Status::default() });
        let (end, ended) = watch::channel(());
        let stop = Arc::new(Notify::new());
        let offers = Arc::new(Offers::default());
        let shared = Shared {
            store: store.clone(),
            offers: Arc::clone(&offers),
            commands,
            stop: Arc::clone(&stop),
            status: seen_status,
            started: Instant::now(),
            events: events.source(),
            tally: Arc::clone(&tally),
            ended,
        };
        let ends = Ends { commands: inbox, stop, status, events, tally };
        let task = Task::new((swarm, connection_tasks), (store, offers), ends, bootstrap, mode);
        Ok(Prepared { task: Box::new(task), node: Netabase::from_shared(shared), end })
    }

    /// The store that was given, or one as it was described; and the transport, if one was given. A new identity
    /// file is written if both can be.
    fn into_store(self) -> Result<(NetabaseStore, Option<TransportOf>), NodeError> {
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

/// Whether a store is of this network, and of this identity, if one was asked for.
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

/// A node that does not listen yet.
pub(super) struct Prepared {
    pub(super) task: Box<Task>,
    pub(super) node: Netabase,
    /// Dropped when nothing of the node is left.
    pub(super) end: watch::Sender<()>,
}

fn discovery(
    store: &NetabaseStore,
    probes_reachability: bool,
    uses_mdns: bool,
) -> Result<Option<Discovery>, NodeError> {
    let mdns = || mdns::tokio::Behaviour::new(mdns::Config::default(), store.peer_id());
    let mdns = uses_mdns.then(mdns).transpose().map_err(NodeError::Transport)?;
    Ok(Discovery::new(probes_reachability, mdns))
}
