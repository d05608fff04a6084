//! Says why a database cannot be opened.

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
}
