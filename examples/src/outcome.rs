//! Ends an example: turns its error into text and an exit code.

use std::{error::Error, process::ExitCode};

use crate::columns::wrapped;

/// How an example ends: what went wrong is told on standard error, with all its causes.
#[must_use]
pub fn exit_code(result: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("{}", wrapped(0, &format!("error: {error}")));
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("{}", wrapped(2, &format!("because: {error}")));
        cause = error.source();
    }
    ExitCode::FAILURE
}
