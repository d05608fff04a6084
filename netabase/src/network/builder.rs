//! Describes a node, and starts it.

mod prepare;

use std::{fmt, net::Ipv4Addr, path::PathBuf, time::Duration};

use libp2p::{Multiaddr, identity::Keypair, multiaddr::Protocol};
use tokio::runtime::Handle;

use self::prepare::Prepared;
use super::{
    error::NodeError, node::Netabase, offers::Attached, ports, settings::NodeLimits, status::Mode,
    transport::BoxedTransport,
};
use crate::store::{Clock, Limits, NetabaseStore, NetabaseStoreBuilder};

/// Describes a node; every part has a usable default.
///
/// # Examples
///
/// ```
/// # use netabase::Netabase;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("netabase-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let file = directory.join("identity");
/// let node = Netabase::builder("my-app")
///     .identity_file(&file)
///     .listen("/ip4/127.0.0.1/tcp/0".parse()?)
///     .listen("/ip4/127.0.0.1/udp/0/quic-v1".parse()?)
///     .start()
///     .await?;
/// assert_eq!(node.addresses().len(), 2);
/// node.shutdown().await;
/// # std::fs::remove_dir_all(directory)?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a node runs once it is started"]
pub struct NetabaseBuilder {
    network: String,
    store: Option<NetabaseStore>,
    identity: Option<Keypair>,
    identity_file: Option<PathBuf>,
    store_builder: NetabaseStoreBuilder,
    listen: Vec<Multiaddr>,
    bootstrap: Vec<Multiaddr>,
    mode: Mode,
    uses_mdns: bool,
    limits: NodeLimits,
    transport: Option<TransportOf>,
}

/// Makes a transport for an identity, instead of the system's.
type TransportOf = Box<dyn FnOnce(&Keypair) -> BoxedTransport + Send>;

/// Where a node listens that was told nothing: on all IPv4 addresses, on free ports.
fn everywhere() -> Vec<Multiaddr> {
    let ip = Multiaddr::from(Ipv4Addr::UNSPECIFIED);
    let tcp = ip.clone().with(Protocol::Tcp(0));
    vec![tcp, ip.with(Protocol::Udp(0)).with(Protocol::QuicV1)]
}

impl NetabaseBuilder {
    fn new(network: String) -> Self {
        Self {
            store_builder: NetabaseStore::builder().network(network.clone()),
            network,
            store: None,
            identity: None,
            identity_file: None,
            listen: Vec::new(),
            bootstrap: Vec::new(),
            mode: Mode::Auto,
            uses_mdns: false,
            limits: NodeLimits::default(),
            transport: None,
        }
    }

    /// The store to be shared, of the same network. Its identity is the node's, and its limits, clock and
    /// lifetime hold. Default: a fresh one.
    pub fn store(mut self, store: NetabaseStore) -> Self {
        self.store = Some(store);
        self
    }

    /// Who the node is: an ed25519 keypair. Default: a fresh one, and so another owner of records at each
    /// start.
    pub fn identity(mut self, identity: Keypair) -> Self {
        self.identity = Some(identity);
        self
    }

    /// The file that holds the identity. If there is none, it is made, readable for its owner alone, and holds that
    /// of the store, if one was [given](Self::store). Whoever has it can write all that the node owns.
    pub fn identity_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.identity_file = Some(path.into());
        self
    }

    /// A further address to listen on, such as `/ip4/0.0.0.0/tcp/4001`. Default, if none is given: TCP and
    /// QUIC on all IPv4 addresses, on free ports.
    pub fn listen(mut self, address: Multiaddr) -> Self {
        self.listen.push(address);
        self
    }

    /// Further addresses of nodes that lead into the network, such as another's
    /// [`addresses`](Netabase::addresses). They are tried until one answers.
    pub fn bootstrap(mut self, addresses: impl IntoIterator<Item = Multiaddr>) -> Self {
        self.bootstrap.extend(addresses);
        self
    }

    /// Others may count on the node to hold records, whatever it finds out itself: it can be reached.
    pub fn server(mut self) -> Self {
        self.mode = Mode::Server;
        self
    }

    /// The node holds nothing for others. It publishes and fetches as any does.
    pub fn client(mut self) -> Self {
        self.mode = Mode::Client;
        self
    }

    /// Finds nodes of the same local network by multicast DNS. Default: it does not.
    pub fn mdns(mut self) -> Self {
        self.uses_mdns = true;
        self
    }

    /// What the node takes from peers. Default: [`NodeLimits::default`].
    pub fn limits(mut self, limits: NodeLimits) -> Self {
        self.limits = limits;
        self
    }

    /// What the store may hold, unless one was [given](Self::store). Default: [`Limits::default`].
    pub fn store_limits(mut self, limits: Limits) -> Self {
        self.store_builder = self.store_builder.limits(limits);
        self
    }

    /// What tells the store the time, unless one was [given](Self::store).
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.store_builder = self.store_builder.clock(clock);
        self
    }

    /// The longest lease of a record, the same for all nodes of a network, unless a store was
    /// [given](Self::store). Default: [`DEFAULT_MAX_LIFETIME`](crate::DEFAULT_MAX_LIFETIME).
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.store_builder = self.store_builder.max_lifetime(max_lifetime);
        self
    }

    #[cfg(feature = "testkit")]
    pub(super) fn transport(
        mut self,
        transport: impl FnOnce(&Keypair) -> BoxedTransport + Send + 'static,
    ) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Starts the node, and waits until it listens.
    ///
    /// # Errors
    ///
    /// - [`NodeError::NoRuntime`] if it is not called from within a tokio runtime.
    /// - [`NodeError::Store`] if the network's name or the identity cannot be one.
    /// - [`NodeError::OtherStore`], [`NodeError::StoreInUse`] if the store is another network's or
    ///   peer's, or another node's.
    /// - [`NodeError::IdentityFile`], [`NodeError::NoIdentity`], [`NodeError::IdentityFileIsPublic`] if the
    ///   identity file cannot be used.
    /// - [`NodeError::Transport`], [`NodeError::Listen`] if the machine does not let it listen.
    pub async fn start(self) -> Result<Netabase, NodeError> {
        let runtime = Handle::try_current().map_err(|_| NodeError::NoRuntime)?;
        let listen = match (&self.transport, self.listen.is_empty()) {
            (None, true) => everywhere(),
            _ => self.listen.clone(),
        };
        let Prepared { mut task, node, end } = self.prepare(&runtime)?;
        task.listen(listen).await?;
        let attached = Attached::to(node.store(), node.offers())?;
        runtime.spawn(async move {
            let listeners = task.run().await;
            drop(attached);
            ports::freed(&listeners).await;
            drop(end);
        });
        Ok(node)
    }
}

impl Netabase {
    /// Starts to describe a node of the network with this name, `[a-z0-9_.-]{1,64}`: applications of
    /// different names never meet, and records signed for one are worth nothing in another.
    pub fn builder(network: impl Into<String>) -> NetabaseBuilder {
        NetabaseBuilder::new(network.into())
    }
}

impl fmt::Debug for NetabaseBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetabaseBuilder")
            .field("network", &self.network)
            .field("listen", &self.listen)
            .field("bootstrap", &self.bootstrap)
            .finish_non_exhaustive()
    }
}
