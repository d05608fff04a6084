//! One shared `MemoryStore`, and what it lacks: order, states, expiry, budgets, eviction, validation.
//!
//! Rows, and all that indexes them, are the [engine](engine)'s. Each change of them is [planned](plan) and
//! [committed](commit) under one lock; [writes](write), [records from elsewhere](inbound) and
//! [what ends by itself](lifecycle) plan, [queries](query) and [Kademlia](kad) read.

mod clock;

mod usage;

mod limits;

mod state;

mod source;

mod bounds;

mod engine;

mod error;

mod author;

mod lease;

mod journal;

#[cfg(any(feature = "disk", feature = "network"))]
mod identity;

mod catch_panic;

mod changes;

mod marks;

mod schemas;

mod lock;

mod served;

mod inner;

mod outbox;

mod plan;

mod commit;

mod query;

mod write;

mod lifecycle;

mod inbound;

mod kad;

mod disk;

mod exchange;

mod builder;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use libp2p::{
    PeerId,
    identity::{Keypair, ed25519},
};

#[cfg(feature = "disk")]
pub use self::disk::StoreReport;
#[cfg(feature = "network")]
pub(crate) use self::identity::load_or_save as load_or_save_identity;
use self::{
    author::Author,
    clock::{Moment, Origin},
    inner::Inner,
    journal::Journal,
    lock::Lock,
    outbox::Outbox,
};
pub(crate) use self::{
    bounds::{Direction, end_of_prefix},
    changes::{RawChange, Receiver},
    engine::SchemaId,
    kad::as_kad_error,
    query::{Page, PageRequest, PageSource, View},
    served::{ServedRecords, ServedSink},
    source::ip_of,
    write::{LocalWrite, RenewalCursor},
};
pub use self::{
    builder::NetabaseStoreBuilder,
    clock::{Clock, ManualClock, Now, SystemClock},
    disk::StoreHealth,
    engine::{ChangeOrigin, Damaged},
    error::{
        ArrivalError, BuildError, ClockAhead, OpenError, OutOfRoom, RefusalReason, TooLarge,
        WriteError,
    },
    exchange::{ExchangeError, ImportReport},
    inbound::PutOutcome,
    journal::{DiskError, Durability, IoCause},
    lifecycle::{Maintenance, StoreMaintenanceResult},
    limits::{Budget, Limits},
    marks::{Utilization, UtilizationWatch},
    query::{
        BudgetInfo, PublisherRecords, RawRecord, RawRecords, RecordDistance, SchemaInfo,
        StoreCapacityInfo,
    },
    source::Source,
    state::RecordState,
    usage::Usage,
};
use crate::record::DEFAULT_MAX_LIFETIME;

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
    origin: Origin,
    /// Never held across an await, and never while code of the user runs.
    inner: Lock<Inner>,
    outbox: Outbox,
    /// There if the store is on disk.
    journal: Option<Journal>,
    #[cfg(feature = "disk")]
    directory: Option<disk::Directory>,
}

impl NetabaseStore {
    /// Makes an empty store with a fresh identity, the default [`Limits`] and the system's clock.
    #[must_use]
    pub fn new() -> Self {
        let keypair = ed25519::Keypair::generate();
        let author = Author::new(keypair, DEFAULT_NETWORK.to_owned(), DEFAULT_MAX_LIFETIME);
        Self::in_memory(author, Box::new(SystemClock::new()), Limits::default())
    }

    /// Starts a store with an identity, a network, limits or a clock of one's own.
    #[must_use]
    pub fn builder() -> NetabaseStoreBuilder {
        NetabaseStoreBuilder::default()
    }

    fn in_memory(author: Author, clock: Box<dyn Clock>, limits: Limits) -> Self {
        let inner = Lock::new(Inner::new(&author, limits));
        let origin = Origin { opened: clock.now().monotonic, ms: 0 };
        Self::from_shared(Shared {
            author,
            clock,
            origin,
            inner,
            outbox: Outbox::default(),
            journal: None,
            #[cfg(feature = "disk")]
            directory: None,
        })
    }

    fn from_shared(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    fn now(&self) -> Moment {
        Moment::new(self.shared.clock.now(), self.shared.origin)
    }

    /// Returns the monotonic time of the store's clock, by which a node waits, too.
    pub(crate) fn monotonic(&self) -> Instant {
        self.shared.clock.now().monotonic
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Returns the id of the peer whose store this is.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.shared.author.peer_id
    }

    /// Returns the identity a swarm around this store must use.
    ///
    /// With another, kad no longer drops records that claim this peer as their publisher, and the store
    /// would take a stranger's for the application's own.
    #[must_use]
    pub fn identity(&self) -> &Keypair {
        &self.shared.author.identity
    }

    /// Returns the name of the network that this store's records are signed for.
    #[must_use]
    pub fn network(&self) -> &str {
        &self.shared.author.network
    }

    /// Returns the longest lease of a record in this network; renewal extends it.
    #[must_use]
    pub fn max_lifetime(&self) -> Duration {
        self.shared.author.max_lifetime
    }

    /// Returns what the store may hold.
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
        self.configure(|inner| {
            inner.engine.set_limits(&limits);
            inner.limits = limits;
        });
    }

    /// Returns how many records the store holds, of all schemas and in all states, tombstones included.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.sweep_all(&self.now());
        self.shared.inner.read().engine.usages().records()
    }

    /// Returns the bytes of all keys, values and index entries the store holds, tombstones included.
    ///
    /// The allocator's and the collections' own overhead is not counted.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.sweep_all(&self.now());
        self.shared.inner.read().engine.usages().bytes()
    }
}

impl Default for NetabaseStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for NetabaseStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usages = self.shared.inner.read().engine.usages();
        f.debug_struct("NetabaseStore")
            .field("peer_id", &self.peer_id())
            .field("records", &usages.records())
            .field("bytes", &usages.bytes())
            .finish_non_exhaustive()
    }
}

/// The network of a store that is given none.
const DEFAULT_NETWORK: &str = "netabase";
