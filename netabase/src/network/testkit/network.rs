//! Starts whole nodes on a simulated network.

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};

use tokio::time::Instant;

use super::{Faults, identity, topology};
use crate::network::{
    builder::NetabaseBuilder,
    error::{NetworkError, NodeError},
    node::Netabase,
    settings::BOOTSTRAP_TIMEOUT,
};

/// The name of the nodes' network.
const NAME: &str = "testkit";

/// The number of earlier nodes that a node knows at first.
const KNOWN_AT_FIRST: usize = 3;

/// Nodes in one process, over connections that can be slow, stalled or cut.
///
/// The seed fixes their identities, and the peers they know at first.
#[derive(Clone, Debug)]
pub struct TestNetwork {
    seed: u64,
    faults: Faults,
}

impl TestNetwork {
    /// Makes a network without nodes.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, faults: Faults::new(seed) }
    }

    /// Returns the handle that changes what becomes of the bytes.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Returns the id of the node of this number, also before it is started.
    #[must_use]
    pub fn peer_id(&self, index: usize) -> PeerId {
        identity(self.seed, index).public().to_peer_id()
    }

    /// Describes the node of this number, which listens in the simulated network and knows no peer. More can be
    /// said before it is started.
    pub fn node(&self, index: usize) -> NetabaseBuilder {
        let faults = self.faults.clone();
        Netabase::builder(NAME)
            .identity(identity(self.seed, index))
            .listen(Multiaddr::from(Protocol::Memory(0)))
            .transport(move |keypair| faults.transport(keypair))
    }

    /// Starts nodes, each of which knows up to three of those before it, and waits until they have met.
    ///
    /// # Errors
    ///
    /// [`NodeError`] as a node alone.
    pub async fn start(&self, count: usize) -> Result<Vec<Netabase>, NodeError> {
        self.start_with(count, |_, node| node).await
    }

    /// Starts nodes as [`start`](Self::start) does; `describe` says more of each.
    ///
    /// # Errors
    ///
    /// [`NodeError`] as a node alone.
    pub async fn start_with(
        &self,
        count: usize,
        describe: impl Fn(usize, NetabaseBuilder) -> NetabaseBuilder + Send,
    ) -> Result<Vec<Netabase>, NodeError> {
        let mut nodes: Vec<Netabase> = Vec::with_capacity(count);
        for index in 0..count {
            // The last of so many in a ring: all that it knows came before.
            let known = topology(self.seed, index + 1, KNOWN_AT_FIRST).pop().unwrap_or_default();
            let known = known.into_iter().filter_map(|before| nodes.get(before));
            let addresses: Vec<Multiaddr> = known.flat_map(Netabase::addresses).collect();
            let node = describe(index, self.node(index).bootstrap(addresses));
            nodes.push(node.start().await?);
        }
        for node in &nodes {
            // One that has not met them yet is a node all the same.
            let _ = node.bootstrapped_by(Instant::now() + BOOTSTRAP_TIMEOUT).await;
        }
        Ok(nodes)
    }
}

/// Tells a node of peers near by, as mDNS would.
///
/// # Errors
///
/// [`NetworkError::Stopped`].
pub async fn discover(
    node: &Netabase,
    found: impl IntoIterator<Item = (PeerId, Multiaddr)>,
) -> Result<(), NetworkError> {
    node.discovered(found.into_iter().collect()).await
}
