//! The files of a store: how large they are, and what a killed process would have left of them.

use std::{fs, io, path::Path};

use netabase_benches::timing::to_f64;
use tempfile::TempDir;

/// Returns how many bytes the files of a directory have.
pub(super) fn size(directory: &Path) -> io::Result<f64> {
    let mut bytes = 0.0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            size(&entry.path())?
        } else {
            to_f64(i64::try_from(entry.metadata()?.len()).unwrap_or(i64::MAX))
        };
    }
    Ok(bytes)
}

/// Copies files that are open: what a process leaves that is killed now.
pub(super) fn copy(directory: &Path) -> io::Result<TempDir> {
    let copied = TempDir::new()?;
    copy_to(directory, copied.path())?;
    Ok(copied)
}

fn copy_to(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let (entry, to) = (entry?, to.to_owned());
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&to)?;
            copy_to(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Returns how many bytes this process has handed to the system to be written.
pub(super) fn written() -> io::Result<f64> {
    let io = fs::read_to_string("/proc/self/io")?;
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: "));
    let bytes = line.and_then(|bytes| bytes.parse().ok()).map(to_f64);
    bytes.ok_or_else(|| io::Error::other("the system does not count what is written"))
}
