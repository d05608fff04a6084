//! What handles and task both know of a node: how it is to behave, and how it stands.

use libp2p::Multiaddr;

use super::error::BootstrapError;

/// Says whether other peers may count on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Auto,
    Server,
    Client,
}

/// How a node stands, as its handles see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    /// Where the node can be reached, with its peer id.
    pub(super) addresses: Vec<Multiaddr>,
    /// Why it has not met the network; `None` if it has, or has nobody to meet.
    pub(super) obstacle: Option<BootstrapError>,
    pub(super) is_server: bool,
}
