use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use super::plot;
use crate::peers::results::Results;

/// Where the documentation shows them.
const DOCUMENTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benches");

pub(super) fn directory(is_complete: bool) -> Result<PathBuf, Box<dyn Error>> {
    if is_complete {
        return Ok(DOCUMENTED.into());
    }
    let program = env::current_exe()?;
    Ok(program.parent().ok_or("this program is in no directory")?.join("peers"))
}

pub(super) fn write(results: &Results, directory: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(directory)?;
    let json = serde_json::to_string_pretty(results)? + "\n";
    fs::write(directory.join("peers.json"), json)?;
    plot::time(results, &directory.join("time.svg"))?;
    plot::memory(results, &directory.join("memory.svg"))?;
    Ok(())
}
