use netabase::{
    BootstrapError, NetworkError, NodeError, OpenError, QueryError,
    libp2p::{Multiaddr, multiaddr},
};

use crate::airports::LoadError;

/// Why a node has nothing to tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TwoNodesError {
    /// The argument is no address at all.
    #[error(
        "`{argument}` is not an address; copy the one that the first node prints, it looks like /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW…"
    )]
    NotAnAddress {
        /// The argument.
        argument: String,
        /// What is wrong with it.
        source: multiaddr::Error,
    },
    /// The address does not say whose records to ask for.
    #[error(
        "`{address}` does not say whose it is: it has to end with /p2p/ and the node's peer id"
    )]
    NoPeer {
        /// The address.
        address: Multiaddr,
    },
    /// There are more arguments than an address.
    #[error(
        "`{argument}` is one too many: there is `--listen <address>`, and the first node's address"
    )]
    TooMany {
        /// The argument.
        argument: String,
    },
    /// Nothing stands behind the option.
    #[error("`--listen` needs an address behind it, such as /ip4/0.0.0.0/tcp/4001")]
    NoListenAddress,
    /// The airports could not be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The node could not be started.
    #[error("cannot start the node")]
    Start(#[from] NodeError),
    /// Nobody of the network is at the other end.
    #[error("cannot meet the first node at {address}")]
    NobodyThere {
        /// The address.
        address: Multiaddr,
        /// What is in the way.
        source: Box<BootstrapError>,
    },
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What is held here could not be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// An airport could not be published or asked for.
    #[error("the network did not do it")]
    Network(#[from] NetworkError),
}
