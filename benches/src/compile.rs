//! What netabase costs a build: of a first program with all its dependencies, and of structs with its derive.

mod project;

mod hello;

mod derive;

use std::error::Error;

/// Builds programs and checks crates beside this program, and gives what is to be printed.
///
/// # Errors
///
/// If something cannot be written, does not build, or does not do what it is to do.
pub(crate) fn measure(rounds: usize) -> Result<String, Box<dyn Error>> {
    Ok(hello::measure(rounds)? + &derive::measure()?)
}
