//! Typed databases over a store: reads, writes, ordered walks. No swarm.

mod error;

mod local;

mod view;

mod records;

mod batch;

mod lifetime;

mod sync;

mod publishing;

mod publisher;

mod cursor;

mod explain;

mod entries;

#[cfg(feature = "json")]
mod json;

mod keys;

mod walk;

mod index;

mod transaction;

mod update;

mod watch;

mod scan;

mod traits;

#[cfg(feature = "json")]
pub use self::json::JsonLinesError;
pub use self::{
    batch::LoadError,
    cursor::{Cursor, CursorError},
    entries::Entries,
    error::{DatabaseError, QueryError, TransactionError},
    explain::Explain,
    index::{IndexView, UniqueConflict},
    keys::Keys,
    lifetime::{ExpiringRecord, ExpiringRecords},
    local::MemoryStoreDatabase,
    publisher::PublisherValues,
    scan::Scan,
    sync::{RemoteUpdate, SyncRecords},
    traits::{NetabaseDatabase, NetabaseDatabaseExt},
    transaction::Transaction,
    watch::{Change, Watch, WatchError},
};
