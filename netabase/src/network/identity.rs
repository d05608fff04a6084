//! A node's identity file, whose errors are a node's.

use std::{io, path::Path};

use libp2p::identity::Keypair;

use super::error::NodeError;
use crate::store::{DiskError, load_or_save_identity};

/// Loads the identity in a file, or saves the one that is made for it; see [`load_or_save_identity`].
pub(super) fn load_or_save(
    path: &Path,
    make: impl FnOnce() -> Keypair,
) -> Result<Keypair, NodeError> {
    load_or_save_identity(path, make).map_err(|error| match error {
        DiskError::InvalidIdentity { path } => NodeError::NoIdentity { path },
        DiskError::PublicIdentity { path } => NodeError::IdentityFileIsPublic { path },
        DiskError::Io { path, cause, .. } => {
            NodeError::IdentityFile { path, source: io::Error::new(cause.kind, cause) }
        }
        DiskError::Full { path } => {
            NodeError::IdentityFile { path, source: io::ErrorKind::StorageFull.into() }
        }
        error => NodeError::Build(error.into()),
    })
}
