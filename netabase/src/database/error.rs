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
    /// The cursor comes from another database.
    #[error("the cursor does not belong to schema `{schema}`")]
    ForeignCursor {
        /// The schema of the database it was given to.
        schema: &'static str,
    },
}
