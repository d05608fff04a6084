//! Misuse of the macros does not compile, and the compiler says what to do.
//!
//! The cases are in `ui/`, a folder a theme. Those in `ui/*/rustc/` show text that rustc makes, which
//! changes with its version: they are compared on the one they were made with only. The text that the
//! macros make is compared always. `TRYBUILD=overwrite` makes the `.stderr` files anew.

use std::{error::Error, fs, process::Command};

/// The compiler that made the files in `ui/*/rustc/`.
const BLESSED_RUSTC: &str = "rustc 1.95.0";

#[test]
fn misuse_does_not_compile_and_says_why() -> Result<(), Box<dyn Error>> {
    let cases = trybuild::TestCases::new();
    let rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
        .arg("--version")
        .output()?;
    let is_blessed = rustc.stdout.starts_with(BLESSED_RUSTC.as_bytes());
    if !is_blessed {
        eprintln!("skipped: the texts of rustc, which were made with {BLESSED_RUSTC}");
    }
    for theme in fs::read_dir("ui")? {
        let theme = theme?.path();
        if theme.ends_with("pass") {
            continue;
        }
        cases.compile_fail(theme.join("*.rs"));
        if is_blessed && theme.join("rustc").is_dir() {
            cases.compile_fail(theme.join("rustc/*.rs"));
        }
    }
    cases.pass("ui/pass/*.rs");
    Ok(())
}
