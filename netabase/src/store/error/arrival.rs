//! Says why a record from elsewhere is refused.

use std::time::Duration;

use super::{
    cause::{ClockAhead, OutOfRoom, TooLarge},
    reason::RefusalReason,
};
use crate::{
    record::RecordError,
    schema::Access,
    store::{commit::CommitError, engine::Damaged, journal::DiskError},
};

/// Why a record from elsewhere was refused. The store then holds what it held for its key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrivalError {
    /// The record is not a valid one of its schema.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The value, or the record, is too long.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// No database of the record's schema was opened in this store. An owned record that a peer sent is not
    /// refused for that: it is held unread.
    #[error("schema `{name}` is not known here; open its database first")]
    UnknownSchema {
        /// The name in the record key.
        name: String,
    },
    /// The record's access says that it cannot come from another peer.
    #[error(
        "records of schema `{schema}` ({access:?}) are not accepted from the network; declare an `access` to share them"
    )]
    NotAccepted {
        /// The schema.
        schema: &'static str,
        /// Its access.
        access: Access,
    },
    /// The key was written here and never published: it belongs to the application alone.
    #[error("the key is in private use here; publish its value to take in those of peers")]
    Private,
    /// The store holds a newer value of the key.
    #[error("a newer value of the key is stored already; fetch it before you write another")]
    Outdated,
    /// The peer, or the address it comes from, sends records faster than they are verified.
    #[error(
        "too many records from {from}: at most {per_second} a second are verified; send them slower"
    )]
    RateExceeded {
        /// The sender whose rate is used up: a peer, an address, or all peers.
        from: String,
        /// The rate, in records a second.
        per_second: u32,
    },
    /// The writer's clock is too far ahead of this machine's.
    #[error(transparent)]
    ClockAhead(#[from] ClockAhead),
    /// The record's lease is over.
    #[error("the record's lease ended at unix second {not_after}; its author has to renew it")]
    LeaseOver {
        /// Its end, in seconds since 1970.
        not_after: u32,
    },
    /// A record that peers exchange has no lease, and would stay for ever.
    #[error("the record has no lease: a shared record's value must say until when it is kept")]
    NoLease,
    /// The record's lease is longer than the network takes.
    #[error(
        "a lease of {lease:?} is longer than the network's {longest:?}; all peers need the same `max_lifetime`"
    )]
    LeaseTooLong {
        /// The time it would last from now on.
        lease: Duration,
        /// The longest that is taken.
        longest: Duration,
    },
    /// The foreign records' budget is used up, and of those from the source that holds most, this one is the
    /// farthest from the local peer.
    #[error(
        "no room for a foreign record: {max_records} records and {max_bytes} bytes are held for others, and this one would be evicted first; raise `Limits::max_foreign_records` or `Limits::max_foreign_bytes`"
    )]
    ForeignFull {
        /// The limit.
        max_records: usize,
        /// The limit, in bytes.
        max_bytes: usize,
    },
    /// The record's key is one of the application's own, and their budget is used up.
    #[error(transparent)]
    OutOfRoom(#[from] OutOfRoom),
    /// The schema's own code panicked on the record: its `validate`, its `Deserialize`, its key or its `merge`. That
    /// is contained, unless the program is built with `panic = "abort"`.
    #[error(
        "code of schema `{schema}` panicked on the record; return an error instead of panicking"
    )]
    Panicked {
        /// The schema.
        schema: &'static str,
    },
    /// The store takes no writes any more.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The store is on disk, and the disk did not take it. After [`DiskError::NotDurable`] it is there in memory.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl From<CommitError> for ArrivalError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Damaged(damaged) => Self::Damaged(damaged),
            CommitError::Disk(error) => Self::Disk(error),
        }
    }
}

impl ArrivalError {
    /// Returns the reason of the refusal, as counters and logs name it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{ArrivalError, NetabaseSchema, NetabaseStore, RefusalReason, Source};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # #[netabase(access = "open")]
    /// # struct Note { #[netabase(key)] title: String }
    /// let record = NetabaseStore::new().database::<Note>()?.to_record(&Note { title: "hi".into() })?;
    ///
    /// let refused = NetabaseStore::new().put_from(&record, Source::UNKNOWN).map_err(|error| error.reason());
    /// assert_eq!(refused, Err(RefusalReason::UnknownSchema));
    /// # Ok::<(), netabase::DatabaseError>(())
    /// ```
    #[must_use]
    pub fn reason(&self) -> RefusalReason {
        match self {
            Self::Record(error) => RefusalReason::of_record(error),
            Self::TooLarge(_) => RefusalReason::TooLarge,
            Self::UnknownSchema { .. } => RefusalReason::UnknownSchema,
            // A peer learns no more of a schema that is kept to this machine.
            Self::Private | Self::NotAccepted { .. } => RefusalReason::Private,
            Self::Outdated => RefusalReason::Outdated,
            Self::RateExceeded { .. } => RefusalReason::Rate,
            Self::ClockAhead(_) => RefusalReason::Clock,
            Self::LeaseOver { .. } | Self::NoLease | Self::LeaseTooLong { .. } => {
                RefusalReason::Lease
            }
            Self::ForeignFull { .. } | Self::OutOfRoom(_) => RefusalReason::Full,
            Self::Panicked { .. } => RefusalReason::Panic,
            Self::Disk(DiskError::Busy { .. }) => RefusalReason::Busy,
            Self::Damaged(_) | Self::Disk(_) => RefusalReason::Damaged,
        }
    }
}
