//! Typed, ordered, validated records in memory, shared over a Kademlia DHT.
//!
//! Annotate a struct, and its values are stored, found by key or index, and mapped to
//! [`kad::Record`](libp2p::kad::Record). Everything is kept in libp2p's own
//! [`MemoryStore`](libp2p::kad::store::MemoryStore); a node (`Netabase`) shares the same [`NetabaseStore`], as does a
//! [`kad::Behaviour`](libp2p::kad::Behaviour) of your own.
//!
//! ```
//! use netabase::{DatabaseError, NetabaseSchema, NetabaseStore};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
//! #[netabase(key(country, city))]
//! struct Place {
//!     country: String,
//!     city: String,
//!     #[netabase(index)]
//!     people: u32,
//! }
//!
//! let store = NetabaseStore::new();
//! let places = store.database::<Place>()?;
//! for (country, city, people) in [("IS", "Reykjavik", 139_875), ("IS", "Akureyri", 19_219)] {
//!     places.put(&Place { country: country.into(), city: city.into(), people })?;
//! }
//!
//! assert!(places.contains(&("IS", "Akureyri"))?);
//! assert_eq!(places.prefix(&("IS",))?.count(), 2);
//! let largest = places.index(Place::PEOPLE).iter().reversed().next().transpose()?;
//! assert_eq!(largest.map(|place| place.city), Some("Reykjavik".into()));
//! # Ok::<(), DatabaseError>(())
//! ```
//!
//! # Where to look
//!
//! - A schema: [`derive(NetabaseSchema)`](macro@NetabaseSchema), keys of your own:
//!   [`derive(NetabaseSchemaKey)`](macro@NetabaseSchemaKey), which types can be keys and what bytes they
//!   have: [`NetabaseSchemaKey`](trait@NetabaseSchemaKey).
//! - A store, and its limits, states and clock: [`NetabaseStore`], [`Limits`], [`RecordState`], [`Clock`].
//! - Reads and writes: [`MemoryStoreDatabase`]. Walks, pages and queries: [`Entries`], [`Cursor`],
//!   [`MemoryStoreDatabase::index`]. All or nothing: [`NetabaseStore::transaction`]. Changes: [`Watch`].
//! - Records: [`MemoryStoreDatabase::to_record`], [`MemoryStoreDatabase::put_record`], [`RecordKey`],
//!   [`Envelope`]; `TryFrom` both ways. Bytes of values alone: [`value_to_bytes`], [`value_from_bytes`].
//! - A node: `Netabase`, its builder `NetabaseBuilder`; the values of one schema on the network: `NetworkDatabase`;
//!   what happens to it: `NodeEvents`, `NodeCounters`.
//! - Fields that serde's derives alone cannot keep: [`with`]. Tests of one's own types: [`check_round_trip`],
//!   [`check_merge`], [`check_key_order`].
//! - Errors: each kind of call has its own, such as [`WriteError`] and [`QueryError`]; [`DatabaseError`] wraps all of a
//!   store and its databases. [`ArrivalError::reason`] names why a record from elsewhere was refused.
//! - Code that is generic over the place of its records: [`NetabaseDatabase`], [`NetabaseDatabaseExt`].
//!
//! # Features
//!
//! - `disk` (default): stores that survive a restart, [`NetabaseStoreBuilder::path`].
//! - `network` (default): the node, and libp2p's transports and behaviours for it.
//! - `uuid`: `uuid::Uuid` as a key.
//! - `json`: fields kept as JSON text, [`with::json`](with); values as JSON lines.
//! - `testkit`: peers in one process, over a network with faults, for tests.

// A value goes down this list to the network and comes back up; a module uses only those above it.
#![cfg_attr(
    not(all(feature = "disk", feature = "network")),
    allow(dead_code, unused_imports, reason = "the node, and the store on disk, call these")
)]

mod schema;

mod record;

mod store;

mod database;

#[cfg(feature = "network")]
mod network;

mod private;

#[cfg(test)]
mod error_texts;

/// What the derives' output calls. Not public API.
#[doc(hidden)]
pub mod __private {
    pub use libp2p::kad::Record;
    pub use serde;

    pub use crate::{
        private::*,
        record::{record_to_value, value_to_record},
    };
}

pub use libp2p;
pub use netabase_derive::{NetabaseSchema, NetabaseSchemaKey};

#[cfg(feature = "json")]
pub use self::database::JsonLinesError;
#[cfg(feature = "testkit")]
pub use self::network::testkit;
#[cfg(feature = "disk")]
pub use self::store::StoreReport;
pub use self::{
    database::{
        Change, Cursor, CursorError, DatabaseError, Entries, ExpiringRecord, ExpiringRecords,
        Explain, IndexView, Keys, LoadError, MemoryStoreDatabase, NetabaseDatabase,
        NetabaseDatabaseExt, PublisherValues, QueryError, RemoteUpdate, Scan, SyncRecords,
        Transaction, TransactionError, UniqueConflict, Watch, WatchError,
    },
    record::{
        DEFAULT_MAX_LIFETIME, MAX_RECORD_KEY_BYTES, RecordError, RecordKey, value_from_bytes,
        value_to_bytes,
    },
    schema::{
        Access, Composite, DecodeError, EncodeError, Envelope, EnvelopeError, Index, IndexInfo,
        IndexKey, IndexKeyOf, IndexOf, IndexPrefixOf, IndexRange, IndexWriter, Invalid, KeyError,
        KeyOf, KeyOrderError, KeyRange, KeyReader, KeyWriter, MAX_KEY_BYTES, MAX_KEY_DEPTH,
        MergeError, NetabaseSchema, NetabaseSchemaKey, PartOf, PartPrefixOf, PrefixOf,
        RoundTripCause, RoundTripError, SharedSchema, Signature, Timestamp, check_key_order,
        check_merge, check_round_trip, with,
    },
    store::{
        ArrivalError, Budget, BudgetInfo, BuildError, ChangeOrigin, Clock, ClockAhead, Damaged,
        DiskError, Durability, ExchangeError, ImportReport, IoCause, Limits, Maintenance,
        ManualClock, NetabaseStore, NetabaseStoreBuilder, Now, OpenError, OutOfRoom,
        PublisherRecords, PutOutcome, RawRecord, RawRecords, RecordDistance, RecordState,
        RefusalReason, SchemaInfo, Source, StoreCapacityInfo, StoreHealth, StoreMaintenanceResult,
        SystemClock, TooLarge, Usage, Utilization, UtilizationWatch, WriteError,
    },
};

#[cfg(feature = "network")]
pub use self::network::{
    BootstrapError, FetchMode, Netabase, NetabaseBuilder, NetworkDatabase, NetworkError,
    NodeCounters, NodeError, NodeEvent, NodeEvents, NodeLimits, PublishReport, Rate, Reachability,
    RecoverReport, Refusals, RelayLimits, UnreachableReason,
};

/// The examples of the README compile and run.
#[cfg(all(doctest, feature = "network"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// And so do those of the page on a `MemoryStore` and a `HashMap`.
#[cfg(doctest)]
#[doc = include_str!("../../docs/memory-store.md")]
struct MemoryStorePage;

/// And those of the page on stores on disk.
#[cfg(all(doctest, feature = "disk"))]
#[doc = include_str!("../../docs/durability.md")]
struct DurabilityPage;
