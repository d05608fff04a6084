//! Contains panics of code of the user that looks at records from elsewhere: what they hold may cause them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::ArrivalError;
use crate::record::RecordError;

/// Runs code of a schema, never under the lock, on bytes that anybody may have sent.
///
/// Nothing but what it was to write is left half done by a panic: that is thrown away.
///
/// # Errors
///
/// What it returns, or [`ArrivalError::Panicked`]. With `panic = "abort"` the process has ended by then.
pub(super) fn catch_panic(
    schema: &'static str,
    code: impl FnOnce() -> Result<(), RecordError>,
) -> Result<(), ArrivalError> {
    let Ok(result) = catch_unwind(AssertUnwindSafe(code)) else {
        return Err(ArrivalError::Panicked { schema });
    };
    Ok(result?)
}
