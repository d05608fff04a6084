//! One shared `MemoryStore`, and what it lacks: order, states, expiry, budgets, eviction, validation.

mod clock;

mod error;

mod usage;

mod limits;

mod state;

mod source;

mod author;

mod lease;

mod encoded;

mod bounds;

mod order;

mod table;

mod indexes;

mod tracking;

mod changes;

mod marks;

mod schemas;

mod inner;

mod lock;

mod page;

mod writer;

mod sweep;

mod eviction;

mod commit;

mod bury;

mod local;

mod publish;

mod judge;

mod inbound;

mod opaque;

mod merge;

mod providers;

mod kad;

mod served;

mod raw;

mod publisher;

mod distance;

mod capacity;

mod maintain;

use std::{
    fmt,
    ops::RangeInclusive,
    sync::Arc,
    time::{Duration, Instant},
};

use libp2p::{
    PeerId,
    identity::{Keypair, ed25519},
};

use self::{author::Author, inner::Inner, lock::Lock, writer::Outbox};
pub(crate) use self::{
    bounds::{Direction, end_of_prefix},
    changes::{RawChange, Receiver},
    commit::LocalWrite,
    kad::as_kad_error,
    page::{Page, PageRequest, PageSource, View},
    schemas::SchemaId,
    served::ServedSink,
    source::ip_of,
};
pub use self::{
    capacity::{BudgetInfo, SchemaInfo, StoreCapacityInfo},
    changes::ChangeOrigin,
    clock::{Clock, ManualClock, Now, SystemClock},
    distance::RecordDistance,
    error::StoreError,
    inbound::PutOutcome,
    limits::Limits,
    maintain::{Maintenance, StoreMaintenanceResult},
    marks::{Budget, Utilization, UtilizationWatch},
    publisher::PublisherRecords,
    raw::{RawRecord, RawRecords},
    source::Source,
    state::RecordState,
    usage::Usage,
};
use crate::record::{DEFAULT_MAX_LIFETIME, is_name};

/// A shared store of records: everything is kept in libp2p's [`MemoryStore`], and beside it the
/// order of the keys, what state each record is in, when it ends, and whose room it takes.
///
/// A cloneable handle. One clone goes into `kad::Behaviour`, for which it implements
/// [`RecordStore`]; another gives typed databases: one truth, two views, no copy between them.
///
/// # Examples
///
/// ```
/// use netabase::{NetabaseSchema, NetabaseStore};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
/// struct User {
///     #[netabase(key)]
///     id: u64,
///     name: String,
/// }
///
/// let store = NetabaseStore::new();
/// let users = store.database::<User>()?;
/// users.put(&User { id: 7, name: "Ada".into() })?;
/// assert_eq!(users.get(&7)?.map(|user| user.name), Some("Ada".into()));
/// # Ok::<(), netabase::DatabaseError>(())
/// ```
///
/// [`MemoryStore`]: libp2p::kad::store::MemoryStore
/// [`RecordStore`]: libp2p::kad::store::RecordStore
#[derive(Clone)]
pub struct NetabaseStore {
    shared: Arc<Shared>,
}

struct Shared {
    author: Author,
    clock: Box<dyn Clock>,
    /// When the store was made, by the monotonic clock.
    origin: Instant,
    /// Never held across an await, and never while code of the user runs.
    inner: Lock<Inner>,
    outbox: Outbox,
}

impl NetabaseStore {
    /// An empty store with a fresh identity, the default [`Limits`] and the system's clock.
    #[must_use]
    pub fn new() -> Self {
        let keypair = ed25519::Keypair::generate();
        let author = Author::new(keypair, DEFAULT_NETWORK.to_owned(), DEFAULT_MAX_LIFETIME);
        Self::from_parts(author, Box::new(SystemClock::new()), Limits::default())
    }

    /// Starts a store with an identity, a network, limits or a clock of one's own.
    #[must_use]
    pub fn builder() -> NetabaseStoreBuilder {
        NetabaseStoreBuilder::default()
    }

    fn from_parts(author: Author, clock: Box<dyn Clock>, limits: Limits) -> Self {
        let inner = Lock::new(Inner::new(&author, limits));
        let origin = clock.now().monotonic;
        let shared = Shared { author, clock, origin, inner, outbox: Outbox::default() };
        Self { shared: Arc::new(shared) }
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The id of the peer whose store this is.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.shared.author.peer_id
    }

    /// The identity a swarm around this store must use.
    ///
    /// With another, kad no longer drops records that claim this peer as their publisher, and the store
    /// would take a stranger's for the application's own.
    #[must_use]
    pub fn identity(&self) -> &Keypair {
        &self.shared.author.identity
    }

    /// The name of the network that this store's records are signed for.
    #[must_use]
    pub fn network(&self) -> &str {
        &self.shared.author.network
    }

    /// The longest lease of a record in this network; renewal extends it.
    #[must_use]
    pub fn max_lifetime(&self) -> Duration {
        self.shared.author.max_lifetime
    }

    /// What the store may hold.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.shared.inner.read().limits.clone()
    }

    /// Sets what the store may hold from now on.
    ///
    /// Nothing goes at once: while own records take more than they may, writes that add to them are refused;
    /// foreign ones over their budget are evicted by [`maintain_store`](Self::maintain_store), and by the
    /// next that comes.
    pub fn set_limits(&self, limits: Limits) {
        let mut inner = self.write(ChangeOrigin::Local);
        inner.tracking.sources.set_limits(&limits);
        inner.limits = limits;
    }

    /// How many records the store holds, of all schemas and in all states, tombstones included.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.sweep_all(&self.now());
        self.shared.inner.read().usages.records()
    }

    /// The bytes of all keys, values and index entries the store holds, tombstones included.
    ///
    /// The allocator's and the collections' own overhead is not counted.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.sweep_all(&self.now());
        self.shared.inner.read().usages.bytes()
    }
}

impl Default for NetabaseStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for NetabaseStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usages = self.shared.inner.read().usages;
        f.debug_struct("NetabaseStore")
            .field("peer_id", &self.peer_id())
            .field("records", &usages.records())
            .field("bytes", &usages.bytes())
            .finish_non_exhaustive()
    }
}

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
/// # Ok::<(), netabase::StoreError>(())
/// ```
#[derive(Default)]
pub struct NetabaseStoreBuilder {
    identity: Option<Keypair>,
    network: Option<String>,
    max_lifetime: Option<Duration>,
    clock: Option<Box<dyn Clock>>,
    limits: Limits,
}

impl NetabaseStoreBuilder {
    /// The identity of the peer whose store this is. Default: a fresh one.
    #[must_use]
    pub fn identity(mut self, identity: Keypair) -> Self {
        self.identity = Some(identity);
        self
    }

    /// The name of the network whose peers exchange records with this store, `[a-z0-9_.-]{1,64}`. It is
    /// part of what is signed, so that a record of one application is worth nothing in another.
    /// Default: `netabase`.
    #[must_use]
    pub fn network(mut self, name: impl Into<String>) -> Self {
        self.network = Some(name.into());
        self
    }

    /// The longest lease of a record, the same for all peers of a network. Default:
    /// [`DEFAULT_MAX_LIFETIME`], seven days.
    ///
    /// A published record lives so long without its author; with it, it is renewed. A tombstone lives 20
    /// minutes longer.
    #[must_use]
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.max_lifetime = Some(max_lifetime);
        self
    }

    /// What the store may hold. Default: [`Limits::default`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What tells the store the time. Default: [`SystemClock`].
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Makes the store.
    ///
    /// # Errors
    ///
    /// - [`StoreError::UnsupportedIdentity`] if the identity is not ed25519: record keys hold their
    ///   owner's peer id, from which the public key must be readable.
    /// - [`StoreError::InvalidNetwork`] if the network's name is not `[a-z0-9_.-]{1,64}`.
    /// - [`StoreError::InvalidLifetime`] if the longest lease is shorter than a minute, or longer than ten
    ///   years.
    pub fn build(self) -> Result<NetabaseStore, StoreError> {
        self.check()?;
        let identity = self.identity.unwrap_or_else(Keypair::generate_ed25519);
        let kind = identity.key_type();
        let keypair = identity.try_into_ed25519();
        let keypair =
            keypair.map_err(|_| StoreError::UnsupportedIdentity { found: kind.to_string() })?;
        let network = self.network.unwrap_or_else(|| DEFAULT_NETWORK.to_owned());
        let max_lifetime = self.max_lifetime.unwrap_or(DEFAULT_MAX_LIFETIME);
        let clock = self.clock.unwrap_or_else(|| Box::new(SystemClock::new()));
        let author = Author::new(keypair, network, max_lifetime);
        Ok(NetabaseStore::from_parts(author, clock, self.limits))
    }

    /// Whether all but the identity can be a store's.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if let Some(name) = self.network.as_ref().filter(|name| !is_name(name)) {
            return Err(StoreError::InvalidNetwork { name: name.clone() });
        }
        match self.max_lifetime {
            Some(found) if !LIFETIMES.contains(&found) => {
                Err(StoreError::InvalidLifetime { found })
            }
            _ => Ok(()),
        }
    }
}

/// The network of a store that is given none.
const DEFAULT_NETWORK: &str = "netabase";

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
