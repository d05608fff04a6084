//! A notebook that survives: run it twice, and the second run finds what the first has written; kill it, and the next
//! one finds all that was on disk, and never half of an entry.
//!
//! ```text
//! cargo run --release --example notebook [-- [--dir DIRECTORY] [--abort] [a note]]
//! ```
//!
//! Without `--dir` it is in the system's directory for temporary files.

use std::{error::Error, io, process::ExitCode};

use netabase_examples::{
    exit_code,
    notebook::{Arguments, show},
};

fn main() -> ExitCode {
    exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    Ok(show(&arguments, &mut io::stdout().lock())?)
}
