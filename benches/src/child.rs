//! A peer is measured in a process of its own, so that none inherits the heap that another left behind.

use std::{
    env,
    error::Error,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

/// Runs this program with other arguments, and shows each line that it prints as soon as it does.
///
/// # Errors
///
/// If it cannot be run, prints something else than text, is not understood, or fails.
pub fn run(
    arguments: &[&str],
    mut on_line: impl FnMut(&str) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut child =
        Command::new(env::current_exe()?).args(arguments).stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let read = lines.try_for_each(|line| on_line(&line?));
    if read.is_err() {
        // Nobody reads what it has to say.
        child.kill()?;
    }
    let status = child.wait()?;
    read?;
    let arguments = arguments.join(" ");
    if status.success() { Ok(()) } else { Err(format!("`{arguments}` failed: {status}").into()) }
}
