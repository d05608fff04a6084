//! Why a store refuses something.

use std::time::Duration;

use super::{commit::CommitError, journal::DiskError};
use crate::{record::RecordError, schema::Access};

/// Why a store refused something. Afterwards it is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The application has written as many records as it may. Own records are never evicted.
    #[error(
        "the store is full: it may hold {max_records} records of its own, tombstones included; remove some or raise `Limits::max_records`"
    )]
    Full {
        /// The limit.
        max_records: usize,
    },
    /// The application's records take as many bytes as they may.
    #[error(
        "the store is full: {needed} bytes more would exceed the {max_bytes} bytes of its own records; remove some or raise `Limits::max_bytes`"
    )]
    FullOfBytes {
        /// What the write would have added, in bytes.
        needed: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// The foreign records' budget is used up, and of those from the source that holds most, this one is the
    /// farthest from the local peer.
    #[error(
        "no room for a foreign record: {max_records} records and {max_bytes} bytes are held for others, and this one would be the first to go"
    )]
    ForeignFull {
        /// The limit.
        max_records: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// The value is longer than the store, or its schema, allows.
    #[error("value of {len} bytes exceeds the limit of {max_bytes} bytes")]
    ValueTooLarge {
        /// Its length, in bytes, envelope included.
        len: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// A unique index holds the value already, for another key.
    #[error("`{schema}` {holder} already has {value} in the unique index `{index}`")]
    NotUnique {
        /// The schema.
        schema: &'static str,
        /// The index.
        index: &'static str,
        /// The value that two keys would have.
        value: String,
        /// The key that has it.
        holder: String,
    },
    /// Two types claim one name on the wire.
    #[error(
        "schema `{name}` is `{registered}` in this store and cannot also be `{rejected}`; give one of them another `#[netabase(name = \"…\")]`"
    )]
    SchemaConflict {
        /// The name on the wire.
        name: &'static str,
        /// The Rust type that has it.
        registered: &'static str,
        /// The Rust type that wanted it.
        rejected: &'static str,
    },
    /// The store on disk holds records of this schema, and who may write it was changed since.
    #[error(
        "schema `{name}` is stored as {stored:?} and declared as {declared:?}; give the new one another `#[netabase(name = \"…\")]`"
    )]
    AccessChanged {
        /// The name on the wire.
        name: &'static str,
        /// The access of what is stored.
        stored: Access,
        /// The access that the type declares.
        declared: Access,
    },
    /// No database of the record's schema was opened in this store. An owned record that a peer sent is not
    /// refused for that: it is held unread.
    #[error("schema `{name}` is not known here; open its database first")]
    UnknownSchema {
        /// The name in the record key.
        name: String,
    },
    /// The record's access says that it cannot come from another peer.
    #[error("records of schema `{schema}` ({access:?}) are not accepted from the network")]
    NotAccepted {
        /// The schema.
        schema: &'static str,
        /// Its access.
        access: Access,
    },
    /// The key was written here and never published: it belongs to the application alone.
    #[error("the key is in private use here")]
    Private,
    /// The store holds a newer value of the key.
    #[error("a newer value of the key is stored already")]
    Outdated,
    /// The peer, or the address it comes from, sends more records than are looked at.
    #[error("too many records from {from}: more than {per_second} a second are not looked at")]
    RateExceeded {
        /// Whose records they are: a peer's, an address's, or everybody's.
        from: String,
        /// How many a second are looked at.
        per_second: u32,
    },
    /// Key and value are together longer than a record of this network may be.
    #[error(
        "a record of {len} bytes, key and value, exceeds the {max_bytes} bytes that a network carries"
    )]
    RecordTooLarge {
        /// Its length, in bytes.
        len: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// The writer's clock is too far ahead of this machine's.
    #[error("the record's clock is {by:?} ahead")]
    ClockAhead {
        /// How far it is ahead.
        by: Duration,
    },
    /// The record's lease is over.
    #[error("the record's lease ended at unix second {not_after}")]
    LeaseOver {
        /// Its end, in seconds since 1970.
        not_after: u32,
    },
    /// A record that peers exchange has no lease, and would stay for ever.
    #[error("the record has no lease: a shared record's value must say until when it is kept")]
    NoLease,
    /// The record's lease is longer than the network takes.
    #[error("a lease of {lease:?} is longer than the network's {longest:?}")]
    LeaseTooLong {
        /// How long it would last from now on.
        lease: Duration,
        /// The longest that is taken.
        longest: Duration,
    },
    /// The record is not a valid one of its schema.
    #[error("invalid record: {0}")]
    Record(#[from] RecordError),
    /// The schema's own code panicked on the record: its `validate`, its `Deserialize`, its key or its `merge`. That
    /// is contained, unless the program is built with `panic = "abort"`.
    #[error("code of schema `{schema}` panicked on the record; mend it to return an error")]
    Panicked {
        /// The schema.
        schema: &'static str,
    },
    /// A write panicked half-way, through a fault of this crate, and left parts that may contradict each other. What
    /// is there can be read; nothing is written any more.
    #[error(
        "the store is damaged: a write panicked half-way; nothing is written any more, open a new store"
    )]
    Damaged,
    /// The store on disk cannot be opened, or did not take a commit.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The identity is of a kind that cannot own records.
    #[error("an identity of kind {found} cannot own records; use an ed25519 keypair")]
    UnsupportedIdentity {
        /// Its kind.
        found: String,
    },
    /// The network's name cannot be one.
    #[error(
        "`{name}` cannot name a network; use 1 to 64 of the characters a-z, 0-9, `_`, `.` and `-`"
    )]
    InvalidNetwork {
        /// The name.
        name: String,
    },
    /// The longest lease is too short to be counted in seconds, or longer than ten years.
    #[error("a longest lease of {found:?} is not between one minute and ten years")]
    InvalidLifetime {
        /// What was asked for.
        found: Duration,
    },
}

impl From<CommitError> for StoreError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Damaged => Self::Damaged,
            CommitError::Disk(error) => Self::Disk(error),
        }
    }
}
