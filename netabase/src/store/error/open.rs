//! Says why a database cannot be opened.

use crate::schema::Access;

/// Why the database of a schema could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
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
}
