//! Code of the user that looks at records from elsewhere. What they hold may make it panic; whoever takes them in
//! goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::StoreError;
use crate::record::RecordError;

/// Runs code of a schema, never under the lock, on bytes that anybody may have sent.
///
/// Nothing but what it was to write is left half done by a panic: that is thrown away.
///
/// # Errors
///
/// What it returns, or [`StoreError::Panicked`]. With `panic = "abort"` the process has ended by then.
pub(super) fn contained(
    schema: &'static str,
    judge: impl FnOnce() -> Result<(), RecordError>,
) -> Result<(), StoreError> {
    let Ok(judged) = catch_unwind(AssertUnwindSafe(judge)) else {
        return Err(StoreError::Panicked { schema });
    };
    Ok(judged?)
}
