//! Describes a node before it is started.

mod start;

use std::{fmt, path::PathBuf, time::Duration};

use libp2p::{Multiaddr, identity::Keypair};

use super::{
    node::Netabase,
    relay_limits::RelayLimits,
    settings::{Mode, NodeLimits},
    transport::BoxedTransport,
};
use crate::store::{Clock, Durability, Limits, NetabaseStore, NetabaseStoreBuilder};

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
    uses_upnp: bool,
    limits: NodeLimits,
    relay_limits: RelayLimits,
    external: Vec<Multiaddr>,
    transport: Option<MakeTransport>,
}

/// Makes a transport for an identity, instead of the system's.
type MakeTransport = Box<dyn FnOnce(&Keypair) -> BoxedTransport + Send>;

impl Netabase {
    /// Starts to describe a node of the network with this name, `[a-z0-9_.-]{1,64}`: applications of
    /// different names never meet, and records signed for one are worth nothing in another.
    pub fn builder(network: impl Into<String>) -> NetabaseBuilder {
        NetabaseBuilder::new(network.into())
    }
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
            uses_upnp: false,
            limits: NodeLimits::default(),
            relay_limits: RelayLimits::default(),
            external: Vec::new(),
            transport: None,
        }
    }

    /// Sets the store to be shared, of the same network. Its identity is the node's, and its limits, clock and
    /// lifetime hold. Default: a fresh one.
    pub fn store(mut self, store: NetabaseStore) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets the node's identity, an ed25519 keypair. Default: a fresh one, and so another owner of records at each
    /// start.
    pub fn identity(mut self, identity: Keypair) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Reads the identity from a file. If there is none, it is made, readable for its owner alone, and holds the
    /// identity of the store, if one was [given](Self::store). With it any process can write all that the node owns.
    pub fn identity_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.identity_file = Some(path.into());
        self
    }

    /// Keeps identity, records and clock in a directory, which is made if it does not exist; see
    /// [`NetabaseStoreBuilder::path`]. What was published before a restart is renewed and offered again after it. A
    /// [store](Self::store) says itself where it is: `start` refuses both together
    /// ([`NodeError::StoreElsewhere`](crate::NodeError::StoreElsewhere)).
    #[cfg(feature = "disk")]
    pub fn data_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.store_builder = self.store_builder.path(directory);
        self
    }

    /// Sets when a write counts as done if the node has a [directory](Self::data_dir). Default:
    /// [`Durability::default`].
    pub fn durability(mut self, durability: Durability) -> Self {
        self.store_builder = self.store_builder.durability(durability);
        self
    }

    /// Adds an address to listen on, such as `/ip4/0.0.0.0/tcp/4001`. Default, if none is given: TCP and
    /// QUIC on all addresses, IPv4 and, where there is one, IPv6, on free ports.
    pub fn listen(mut self, address: Multiaddr) -> Self {
        self.listen.push(address);
        self
    }

    /// Adds an address at which others reach the node, which it cannot find out itself: a port that the gateway is set to
    /// pass on, or the name of a [server](Self::server). It is believed, and told to others.
    pub fn external_address(mut self, address: Multiaddr) -> Self {
        self.external.push(address);
        self
    }

    /// Adds addresses of nodes that lead into the network, such as another's
    /// [`addresses`](Netabase::addresses). They are tried until one answers. A name is good, too: `/dns4/…`, `/dns6/…`,
    /// `/dns/…`, and `/dnsaddr/…` for one whose TXT records have the addresses.
    pub fn bootstrap(mut self, addresses: impl IntoIterator<Item = Multiaddr>) -> Self {
        self.bootstrap.extend(addresses);
        self
    }

    /// Lets others count on the node to hold records, whatever it finds out itself: it can be reached. It also relays for
    /// nodes of its network that cannot be, within [limits](Self::relay_limits), and tells them whether they can.
    pub fn server(mut self) -> Self {
        self.mode = Mode::Server;
        self
    }

    /// Keeps the node from holding anything for others. It publishes and fetches as any does.
    pub fn client(mut self) -> Self {
        self.mode = Mode::Client;
        self
    }

    /// Limits what a [server](Self::server) does for nodes that cannot be reached. Default: [`RelayLimits::default`].
    pub fn relay_limits(mut self, limits: RelayLimits) -> Self {
        self.relay_limits = limits;
        self
    }

    /// Asks the gateway to pass connections on to the node, by `UPnP`. Default: it does not.
    #[cfg(feature = "upnp")]
    pub fn upnp(mut self) -> Self {
        self.uses_upnp = true;
        self
    }

    /// Finds nodes of the same local network by multicast DNS. Default: it does not.
    pub fn mdns(mut self) -> Self {
        self.uses_mdns = true;
        self
    }

    /// Limits what the node takes from peers. Default: [`NodeLimits::default`].
    pub fn limits(mut self, limits: NodeLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Limits what the store may hold, unless one was [given](Self::store). Default: [`Limits::default`].
    pub fn store_limits(mut self, limits: Limits) -> Self {
        self.store_builder = self.store_builder.limits(limits);
        self
    }

    /// Sets the store's clock, unless a store was [given](Self::store).
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.store_builder = self.store_builder.clock(clock);
        self
    }

    /// Sets the longest lease of a record, the same for all nodes of a network, unless a store was
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
