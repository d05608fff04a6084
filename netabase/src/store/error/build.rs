//! Says why a store cannot be built.

use std::time::Duration;

use crate::store::journal::DiskError;

/// Why a store could not be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The identity is of a kind that cannot own records.
    #[error("an identity of kind {found} cannot own records; use an ed25519 keypair")]
    UnsupportedIdentity {
        /// Its kind.
        found: String,
    },
    /// The store on disk cannot be opened.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The network's name cannot be one.
    #[error(
        "`{name}` cannot name a network; use 1 to 64 of the characters a-z, 0-9, `_`, `.` and `-`"
    )]
    InvalidNetwork {
        /// The name.
        name: String,
    },
    /// The longest lease is too short to be counted in seconds, or longer than ten years.
    #[error(
        "{found:?} cannot be the longest lease of a network; set one between one minute and ten years"
    )]
    InvalidLifetime {
        /// The lease that was asked for.
        found: Duration,
    },
}
