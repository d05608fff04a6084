//! Holds what handles see of a running task.

use libp2p::Multiaddr;

use super::{error::BootstrapError, reachability::Reachability};

/// A task's state as its handles see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    /// The addresses at which the node can be reached, with its peer id.
    pub(super) addresses: Vec<Multiaddr>,
    /// The reason why it has not met the network; `None` if it has, or has no bootstrap address.
    pub(super) obstacle: Option<BootstrapError>,
    pub(super) is_server: bool,
    pub(super) reachability: Reachability,
}
