//! Says why a local write is refused.

use super::cause::{ClockAhead, OutOfRoom, TooLarge};
use crate::{
    record::RecordError,
    store::{commit::CommitError, engine::Damaged, journal::DiskError},
};

/// Why a write of the application was refused. The store is then as it was before, unless it says
/// [`DiskError::NotDurable`]: then the write was made, and is in memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The key or the value cannot be stored, or its schema's `validate` refuses it.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The value is longer than the store or, if peers are served it, the network allows.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The budget of own records is used up.
    #[error(transparent)]
    OutOfRoom(#[from] OutOfRoom),
    /// A unique index holds the value already, for another key.
    #[error(
        "`{schema}` {holder} already has {value} in the unique index `{index}`; change or remove one of the two"
    )]
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
    /// Peers would refuse the record, because this machine's clock was set back.
    #[error(transparent)]
    ClockAhead(#[from] ClockAhead),
    /// A database of another owner's records was asked to write one.
    #[error(
        "the records of schema `{schema}` in this database belong to another peer; write to the database of your own"
    )]
    NotOwner {
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

impl From<CommitError> for WriteError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Damaged(damaged) => Self::Damaged(damaged),
            CommitError::Disk(error) => Self::Disk(error),
        }
    }
}
