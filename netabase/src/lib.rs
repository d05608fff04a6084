//! Typed, ordered, validated records over libp2p's Kademlia store.

// A value goes down this list to the network and comes back up; a module uses only those above it.
mod schema;

mod record;

mod store;

mod database;

mod private;

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

pub use self::{
    database::{
        Change, Cursor, CursorError, DatabaseError, Entries, Explain, IndexView, Keys, LoadError,
        MemoryStoreDatabase, NetabaseDatabase, NetabaseDatabaseExt, Scan, Transaction,
        UniqueConflict, Watch, WatchError,
    },
    record::{MAX_RECORD_KEY_BYTES, RecordError, RecordKey},
    schema::{
        Access, Composite, DecodeError, EncodeError, Envelope, EnvelopeError, Index, IndexInfo,
        IndexKey, IndexKeyOf, IndexOf, IndexPrefixOf, IndexWriter, Invalid, KeyError, KeyOf,
        KeyOrderError, KeyReader, KeyWriter, MAX_KEY_BYTES, MAX_KEY_DEPTH, NetabaseSchema,
        NetabaseSchemaKey, PartOf, PrefixOf, SharedSchema, Signature, Timestamp, check_key_order,
    },
    store::{
        ChangeOrigin, Clock, Limits, ManualClock, NetabaseStore, NetabaseStoreBuilder, Now,
        PutOutcome, RawRecord, RawRecords, RecordState, StoreError, SystemClock,
    },
};

/// The examples of the README compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
