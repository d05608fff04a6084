use std::num::ParseIntError;

use netabase::{
    ArrivalError, BuildError, OpenError, QueryError, RecordError, WatchError, WriteError,
    libp2p::identity::DecodingError,
};

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
    /// A store could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A record could not be looked up.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// An own record could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A record was refused, and the story does not count it.
    #[error(transparent)]
    Arrival(#[from] ArrivalError),
    /// A record does not hold what it should.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The watcher was too slow, or met a value that cannot be read.
    #[error("the changes of the notices cannot be followed")]
    Watch(#[from] WatchError),
    /// 32 bytes are not an identity.
    #[error("no identity can be made of a seed")]
    Identity(#[from] DecodingError),
}
