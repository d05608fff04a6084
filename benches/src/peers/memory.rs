use std::fs;

/// The memory of this process that is in use, in bytes, if the system tells: Linux does.
pub(crate) fn resident() -> Option<i64> {
    status("VmRSS:")
}

/// The most that it ever was.
pub(crate) fn peak() -> Option<i64> {
    status("VmHWM:")
}

fn status(name: &str) -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
