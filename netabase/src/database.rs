//! Typed databases over a store: reads, writes, ordered walks. No swarm.

mod error;

mod scratch;

mod local;

mod batch;

mod entries;

mod scan;

mod traits;

pub use self::{
    batch::LoadError,
    entries::{Cursor, Entries},
    error::DatabaseError,
    local::MemoryStoreDatabase,
    scan::Scan,
    traits::{NetabaseDatabase, NetabaseDatabaseExt},
};
