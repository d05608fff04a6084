//! Builds stores.

#[cfg(feature = "disk")]
use std::path::{Path, PathBuf};
use std::{fmt, ops::RangeInclusive, time::Duration};

use libp2p::identity::Keypair;

#[cfg(feature = "disk")]
use super::disk;
use super::{
    DEFAULT_NETWORK, NetabaseStore,
    author::Author,
    clock::{Clock, SystemClock},
    error::BuildError,
    journal::Durability,
    limits::Limits,
};
use crate::record::{DEFAULT_MAX_LIFETIME, is_name};

/// Makes a [`NetabaseStore`]; every part has a usable default.
///
/// # Examples
///
/// ```
/// use netabase::{Limits, NetabaseStore};
///
/// let limits = Limits { max_records: 1_000, ..Limits::default() };
/// let store = NetabaseStore::builder().network("my-app").limits(limits).build()?;
/// assert_eq!(store.limits().max_records, 1_000);
/// # Ok::<(), netabase::DatabaseError>(())
/// ```
#[derive(Default)]
pub struct NetabaseStoreBuilder {
    identity: Option<Keypair>,
    network: Option<String>,
    max_lifetime: Option<Duration>,
    clock: Option<Box<dyn Clock>>,
    limits: Limits,
    durability: Durability,
    #[cfg(feature = "disk")]
    path: Option<PathBuf>,
    #[cfg(all(feature = "disk", feature = "testkit"))]
    storage: Option<Box<dyn redb::StorageBackend>>,
}

impl NetabaseStoreBuilder {
    /// Sets the identity of the peer whose store this is. Default: a fresh one.
    #[must_use]
    pub fn identity(mut self, identity: Keypair) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Sets the name of the network whose peers exchange records with this store, `[a-z0-9_.-]{1,64}`. It is
    /// part of what is signed, so that a record of one application is worth nothing in another.
    /// Default: `netabase`.
    #[must_use]
    pub fn network(mut self, name: impl Into<String>) -> Self {
        self.network = Some(name.into());
        self
    }

    /// Sets the longest lease of a record, the same for all peers of a network. Default:
    /// [`DEFAULT_MAX_LIFETIME`], seven days.
    ///
    /// A published record lives so long without its author; with it, it is renewed. A tombstone lives 20
    /// minutes longer.
    #[must_use]
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.max_lifetime = Some(max_lifetime);
        self
    }

    /// Sets what the store may hold. Default: [`Limits::default`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what tells the store the time. Default: [`SystemClock`].
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Keeps the store in a directory, which is made if it does not exist: all that was committed is there when it is
    /// opened again. Default: in memory alone.
    ///
    /// Without an [identity](Self::identity) of its own, the store has the one in the directory's file `identity`,
    /// which is made when the store is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// # let directory = std::env::temp_dir().join(format!("netabase-path-{}", std::process::id()));
    /// let store = NetabaseStore::builder().path(&directory).build()?;
    /// store.database::<User>()?.put(&User { id: 7 })?;
    /// drop(store);
    ///
    /// let store = NetabaseStore::builder().path(&directory).build()?;
    /// assert!(store.database::<User>()?.contains(&7)?);
    /// # drop(store);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "disk")]
    #[must_use]
    pub fn path(mut self, directory: impl Into<PathBuf>) -> Self {
        self.path = Some(directory.into());
        self
    }

    /// Returns the directory that was set, if one was.
    #[cfg(feature = "disk")]
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Keeps the records in this storage instead of a file: for tests of what a disk may do.
    #[cfg(all(feature = "disk", feature = "testkit"))]
    #[doc(hidden)]
    #[must_use]
    pub fn storage(mut self, storage: impl redb::StorageBackend) -> Self {
        self.storage = Some(Box::new(storage));
        self
    }

    /// Sets when a commit of a store on disk counts as done. Default: [`Durability::default`], within 100 ms.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Makes the store, or opens it.
    ///
    /// # Errors
    ///
    /// - [`BuildError::Disk`] if the directory cannot be opened.
    ///
    /// - [`BuildError::UnsupportedIdentity`] if the identity is not ed25519: record keys hold their
    ///   owner's peer id, from which the public key must be readable.
    /// - [`BuildError::InvalidNetwork`] if the network's name is not `[a-z0-9_.-]{1,64}`.
    /// - [`BuildError::InvalidLifetime`] if the longest lease is shorter than a minute, or longer than ten
    ///   years.
    pub fn build(self) -> Result<NetabaseStore, BuildError> {
        self.check()?;
        let asked = Asked {
            identity: self.identity,
            network: self.network.unwrap_or_else(|| DEFAULT_NETWORK.to_owned()),
            max_lifetime: self.max_lifetime.unwrap_or(DEFAULT_MAX_LIFETIME),
            clock: self.clock.unwrap_or_else(|| Box::new(SystemClock::new())),
            limits: self.limits,
            durability: self.durability,
        };
        #[cfg(all(feature = "disk", feature = "testkit"))]
        if let Some(storage) = self.storage {
            return disk::open_storage(storage, asked);
        }
        #[cfg(feature = "disk")]
        if let Some(path) = self.path {
            return disk::open(&path, asked);
        }
        let identity = asked.identity.unwrap_or_else(Keypair::generate_ed25519);
        let author = Author::of(identity, asked.network, asked.max_lifetime)?;
        Ok(NetabaseStore::in_memory(author, asked.clock, asked.limits))
    }

    /// Checks all but the identity.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        if let Some(name) = self.network.as_ref().filter(|name| !is_name(name)) {
            return Err(BuildError::InvalidNetwork { name: name.clone() });
        }
        match self.max_lifetime {
            Some(found) if !LIFETIMES.contains(&found) => {
                Err(BuildError::InvalidLifetime { found })
            }
            _ => Ok(()),
        }
    }
}

/// A store as its builder asks for it.
pub(super) struct Asked {
    /// `None` for a fresh one, or the one in the store's directory.
    pub(super) identity: Option<Keypair>,
    pub(super) network: String,
    pub(super) max_lifetime: Duration,
    pub(super) clock: Box<dyn Clock>,
    pub(super) limits: Limits,
    pub(super) durability: Durability,
}

/// What a network's longest lease may be. A lease is counted in seconds, and clocks differ by minutes.
const LIFETIMES: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(10 * 366 * 24 * 60 * 60);

impl fmt::Debug for NetabaseStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetabaseStoreBuilder")
            .field("network", &self.network)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
