//! One shared `MemoryStore`, and what it lacks: order, states, limits, validation.

mod clock;

mod error;

mod limits;

mod state;

mod order;

mod table;

mod indexes;

mod changes;

mod schemas;

mod page;

mod writer;

mod commit;

mod local;

mod inbound;

mod kad;

mod raw;

use std::{fmt, sync::Arc};

use libp2p::{
    PeerId,
    identity::{KeyType, Keypair},
    kad::RecordKey,
};
use parking_lot::RwLock;

pub use self::{
    changes::ChangeOrigin,
    clock::{Clock, ManualClock, Now, SystemClock},
    error::StoreError,
    inbound::PutOutcome,
    limits::Limits,
    raw::{RawRecord, RawRecords},
    state::RecordState,
};
pub(crate) use self::{
    changes::{RawChange, Receiver},
    commit::LocalWrite,
    order::end_of_prefix,
    page::{Direction, Page, PageRequest, Source, View},
    schemas::SchemaId,
};
use self::{
    schemas::Schemas,
    table::{Encoded, Replaced, Stored, Table},
    writer::{Changes, Outbox},
};
use crate::{record::split_schema, schema::Timestamp};

/// A shared store of records: everything is kept in libp2p's [`MemoryStore`], and beside it the
/// order of the keys and what state each record is in.
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
    identity: Keypair,
    peer_id: PeerId,
    clock: Box<dyn Clock>,
    limits: Limits,
    /// Never held across an await, and never while code of the user runs.
    inner: RwLock<Inner>,
    outbox: Outbox,
}

struct Inner {
    table: Table,
    schemas: Schemas,
    /// The latest timestamp given to a local write.
    last_issued: Timestamp,
    changes: Changes,
}

impl NetabaseStore {
    /// An empty store with a fresh identity, the default [`Limits`] and the system's clock.
    #[must_use]
    pub fn new() -> Self {
        let identity = Keypair::generate_ed25519();
        Self::from_parts(identity, Box::new(SystemClock::new()), Limits::default())
    }

    /// Starts a store with an identity, limits or a clock of one's own.
    #[must_use]
    pub fn builder() -> NetabaseStoreBuilder {
        NetabaseStoreBuilder::default()
    }

    fn from_parts(identity: Keypair, clock: Box<dyn Clock>, limits: Limits) -> Self {
        let peer_id = identity.public().to_peer_id();
        let inner = Inner {
            table: Table::new(peer_id, &limits),
            schemas: Schemas::default(),
            last_issued: Timestamp::default(),
            changes: Changes::default(),
        };
        let inner = RwLock::new(inner);
        Self {
            shared: Arc::new(Shared {
                identity,
                peer_id,
                clock,
                limits,
                inner,
                outbox: Outbox::default(),
            }),
        }
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The id of the peer whose store this is.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.shared.peer_id
    }

    /// The identity a swarm around this store must use.
    ///
    /// With another, kad no longer drops records that claim this peer as their publisher, and the store
    /// would take a stranger's for the application's own.
    #[must_use]
    pub fn identity(&self) -> &Keypair {
        &self.shared.identity
    }

    /// The limits the store was made with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// How many records the store holds, of all schemas and in all states, tombstones included.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.shared.inner.read().table.len()
    }

    /// The bytes of all keys, values and index entries the store holds, tombstones included.
    ///
    /// The allocator's and the collections' own overhead is not counted.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.shared.inner.read().table.bytes()
    }
}

// The only ways to change the table: they keep the schemas' counts and indexes.
impl Inner {
    /// What a write to this key would replace.
    fn replaced(&self, key: &RecordKey) -> Option<Replaced> {
        self.table.get(key).map(Stored::replaced)
    }

    /// Stores a value in place of what `replaced` found.
    fn store(&mut self, schema: SchemaId, key: RecordKey, value: Encoded, old: Option<&Replaced>) {
        let visible = value.is_visible();
        let entries = if visible { value.entries() } else { &[] };
        self.note_change(schema, &key, old, visible.then_some(value.value()));
        self.reindex(schema, &key, old, entries);
        self.count(schema, old.is_some_and(|old| old.visible), visible);
        self.table.insert(key, value, old);
    }

    fn reindex(&mut self, schema: SchemaId, key: &RecordKey, old: Option<&Replaced>, new: &[u8]) {
        let old = old.map_or(&[][..], |old| old.entries.as_slice());
        let rest = split_schema(key.as_ref()).1;
        self.schemas.get_mut(schema).indexes.replace(rest, old, new);
    }

    fn set_state(&mut self, schema: SchemaId, key: &RecordKey, state: RecordState) {
        let Some(stored) = self.table.get(key).filter(|stored| stored.state != state) else {
            return;
        };
        let value = Encoded::new(stored.value, stored.entries, state);
        let old = stored.replaced();
        self.store(schema, key.clone(), value, Some(&old));
    }

    fn drop_record(&mut self, schema: SchemaId, key: &RecordKey, old: &Replaced) {
        self.note_change(schema, key, Some(old), None);
        self.reindex(schema, key, Some(old), &[]);
        self.table.remove(key, old);
        self.count(schema, old.visible, false);
    }

    fn count(&mut self, schema: SchemaId, was_visible: bool, visible: bool) {
        let count = &mut self.schemas.get_mut(schema).visible;
        *count = *count + usize::from(visible) - usize::from(was_visible);
    }
}

impl Default for NetabaseStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for NetabaseStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetabaseStore")
            .field("peer_id", &self.shared.peer_id)
            .field("records", &self.record_count())
            .field("bytes", &self.byte_count())
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
/// let store = NetabaseStore::builder().limits(limits).build()?;
/// assert_eq!(store.limits().max_records, 1_000);
/// # Ok::<(), netabase::StoreError>(())
/// ```
#[derive(Default)]
pub struct NetabaseStoreBuilder {
    identity: Option<Keypair>,
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
    /// [`StoreError::UnsupportedIdentity`] if the identity is not ed25519: record keys hold their
    /// owner's peer id, from which the public key must be readable.
    pub fn build(self) -> Result<NetabaseStore, StoreError> {
        let identity = self.identity.unwrap_or_else(Keypair::generate_ed25519);
        if identity.key_type() != KeyType::Ed25519 {
            return Err(StoreError::UnsupportedIdentity { found: identity.key_type().to_string() });
        }
        let clock = self.clock.unwrap_or_else(|| Box::new(SystemClock::new()));
        Ok(NetabaseStore::from_parts(identity, clock, self.limits))
    }
}

impl fmt::Debug for NetabaseStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetabaseStoreBuilder").field("limits", &self.limits).finish_non_exhaustive()
    }
}
