//! Says why a database refuses a read or a transaction, and wraps what its other calls refuse.

use crate::{
    record::RecordError,
    store::{ArrivalError, BuildError, DiskError, OpenError, WriteError},
};

/// Why a read failed: a look-up, a walk, or a watch that is to begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// No record could have the key, or a stored value cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The cursor comes from another schema's walk, or from one by another index.
    #[error(
        "the cursor does not belong to this walk of schema `{schema}`: it is of another schema, owner or index; resume the walk that gave it"
    )]
    ForeignCursor {
        /// The schema of the database it was given to.
        schema: &'static str,
    },
}

/// Why a transaction failed, or an update, which is one. The store is then as it was before, unless it says
/// [`DiskError::NotDurable`](crate::DiskError::NotDurable): then all of it was made, and is in memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// It could not read a value.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// One of its writes was refused.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// It was in conflict with others each time it ran.
    #[error(
        "the transaction ran {runs} times, and each time others changed what it had read; try again later"
    )]
    Conflict {
        /// The number of runs.
        runs: usize,
    },
    /// An update gave the value another key, so that it would have been another value.
    #[error(
        "the update of a value of schema `{schema}` changed its key from {from} to {to}; to give it another key, put it anew and remove the old one, in a transaction"
    )]
    KeyChanged {
        /// The schema.
        schema: &'static str,
        /// The key it had, as its type prints it for debugging.
        from: String,
        /// The key it was given.
        to: String,
    },
    /// A database of another store was used in it.
    #[error(
        "the database of schema `{schema}` belongs to another store than the transaction; open it with `database` of the same store"
    )]
    ForeignDatabase {
        /// The schema.
        schema: &'static str,
    },
}

/// A key or a value that a transaction could not read.
impl From<RecordError> for TransactionError {
    fn from(error: RecordError) -> Self {
        Self::Query(error.into())
    }
}

/// Why one of the calls on a store or its databases failed: for applications that pass all errors on with `?`.
///
/// Each call has an error of its own, with the variants that it can return; this one wraps them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The store could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A read failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A write was refused.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A record from elsewhere was refused.
    #[error(transparent)]
    Arrival(#[from] ArrivalError),
    /// A transaction or an update failed.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// A value and a record could not be turned into each other.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The store on disk could not be synced, backed up or compacted.
    #[error(transparent)]
    Disk(#[from] DiskError),
}
