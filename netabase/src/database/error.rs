//! Why a database refuses a call.

use crate::{record::RecordError, store::StoreError};

/// Why a database refused something. Afterwards it is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// A value, key or record is not one of the schema, or not a valid one.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The store refused the write.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A transaction was in conflict with others each time it ran.
    #[error(
        "the transaction ran {runs} times, and each time others changed what it had read; try again later"
    )]
    Conflict {
        /// How often it ran.
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
    /// A database of another store was used in a transaction.
    #[error(
        "the database of schema `{schema}` belongs to another store than the transaction; open it with `database` of the same store"
    )]
    ForeignDatabase {
        /// The schema.
        schema: &'static str,
    },
    /// The cursor comes from another schema's walk, or from one by another index.
    #[error(
        "the cursor does not belong to this walk of schema `{schema}`: it is of another schema, owner or index; resume the walk that gave it"
    )]
    ForeignCursor {
        /// The schema of the database it was given to.
        schema: &'static str,
    },
    /// A database of another owner's records was asked to write one.
    #[error(
        "the records of schema `{schema}` in this database belong to another peer, and only that peer can write them"
    )]
    NotOwner {
        /// The schema.
        schema: &'static str,
    },
}
