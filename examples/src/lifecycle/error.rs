use std::num::ParseIntError;

use netabase::{DatabaseError, StoreError, WatchError, libp2p::identity::DecodingError};

/// Why the story ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LifecycleError {
    /// The argument does not say how many records the flood has.
    #[error("`{argument}` is not a number of records")]
    FloodSize {
        /// The argument.
        argument: String,
        /// What is wrong with it.
        source: ParseIntError,
    },
    /// A store did not do what it was asked to.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A database did not.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The watcher was too slow, or met a value that cannot be read.
    #[error("the changes of the notices cannot be followed")]
    Watch(#[from] WatchError),
    /// 32 bytes are not an identity.
    #[error("no identity can be made of a seed")]
    Identity(#[from] DecodingError),
}
