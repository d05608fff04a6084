//! Why a write was refused, as far as it can be told under the lock.

use crate::store::{
    commit::CommitError,
    error::{ClockAhead, WriteError},
};

/// Why a commit was refused. What the user is told is made of it once the lock is gone.
pub(in crate::store) enum Refused {
    Write(WriteError),
    Collision(Collision),
}

/// A value of a unique index that another record has.
pub(in crate::store) struct Collision {
    pub(super) schema: &'static str,
    pub(super) index: &'static str,
    pub(super) value: Vec<u8>,
    pub(super) describe_value: fn(&[u8]) -> String,
    pub(super) holder: Vec<u8>,
    pub(super) describe_holder: fn(&[u8]) -> String,
}

impl From<WriteError> for Refused {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<ClockAhead> for Refused {
    fn from(ahead: ClockAhead) -> Self {
        Self::Write(ahead.into())
    }
}

impl From<CommitError> for Refused {
    fn from(error: CommitError) -> Self {
        Self::Write(error.into())
    }
}

impl From<Refused> for WriteError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Write(error) => error,
            Refused::Collision(collision) => Self::NotUnique {
                schema: collision.schema,
                index: collision.index,
                value: (collision.describe_value)(&collision.value),
                holder: (collision.describe_holder)(&collision.holder),
            },
        }
    }
}
