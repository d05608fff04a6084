//! Measures what `#[derive(NetabaseSchema)]` costs a build, against serde's two derives.
//!
//! It writes a crate of 200 structs of ten fields into the target directory, and times
//! `cargo check` of that crate alone: as bare structs, with serde's derives, and with ours beside
//! them. The crates it depends on are built before.
//!
//! ```text
//! cargo run -p netabase-benches --bin compile_cost
//! ```
#![allow(clippy::print_stdout, reason = "a report is what this program is for")]

use std::{
    env,
    error::Error,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;

const STRUCTS: usize = 200;
/// The median of so many counts.
const ROUNDS: u32 = 9;
/// What our derive may cost, in times of what serde's two cost together.
const PROMISED: f64 = 2.0;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

struct Variant {
    name: &'static str,
    imports: &'static str,
    derive: &'static str,
    /// On the first field.
    key: &'static str,
}

const VARIANTS: [Variant; 3] = [
    Variant { name: "bare structs", imports: "", derive: "", key: "" },
    Variant {
        name: "and serde's two derives",
        imports: "use serde::{Deserialize, Serialize};",
        derive: "#[derive(Serialize, Deserialize)]",
        key: "",
    },
    Variant {
        name: "and NetabaseSchema",
        imports: "use netabase::NetabaseSchema;\nuse serde::{Deserialize, Serialize};",
        derive: "#[derive(Serialize, Deserialize, NetabaseSchema)]",
        key: "#[netabase(key)]",
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let project = Project::create(&target_directory()?.join("compile-cost"))?;
    println!("building the dependencies, if they are not built yet");
    for variant in &VARIANTS {
        project.time_check(variant)?;
    }

    let bar = ProgressBar::new(u64::from(ROUNDS) * VARIANTS.len() as u64);
    let mut times = VARIANTS.map(|_| Vec::new());
    // In turn, so that a machine that slows down slows all of them.
    for _ in 0..ROUNDS {
        for (variant, times) in VARIANTS.iter().zip(&mut times) {
            times.push(project.time_check(variant)?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    print!("{}", report(times.map(median)));
    Ok(())
}

/// A crate of its own, not of this workspace: `netabase` has no features there.
struct Project {
    root: PathBuf,
}

impl Project {
    fn create(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root.join("src"))?;
        fs::write(root.join("Cargo.toml"), manifest(&fs::canonicalize(REPOSITORY)?))?;
        // The versions that this repository is tested with, which are here already.
        fs::copy(Path::new(REPOSITORY).join("Cargo.lock"), root.join("Cargo.lock"))?;
        Ok(Self { root: root.to_owned() })
    }

    /// Writes the crate anew, which touches it, and checks it. Nothing else has changed.
    fn time_check(&self, variant: &Variant) -> Result<Duration, Box<dyn Error>> {
        fs::write(self.root.join("src/lib.rs"), source(variant))?;
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .args(["check", "--quiet", "--offline"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            // What a variant left for the next one would hide what it costs.
            .env("CARGO_INCREMENTAL", "0");
        let start = Instant::now();
        let status = cargo.status()?;
        let time = start.elapsed();
        if status.success() { Ok(time) } else { Err(format!("{cargo:?}: {status}").into()) }
    }
}

/// This program is in `<target>/<profile>/`.
fn target_directory() -> Result<PathBuf, Box<dyn Error>> {
    let program = env::current_exe()?;
    Ok(program.ancestors().nth(2).ok_or("this program is in no target directory")?.to_owned())
}

fn manifest(repository: &Path) -> String {
    format!(
        r#"[package]
name = "compile-cost"
version = "0.0.0"
edition = "2024"

[dependencies]
netabase = {{ path = '{}', default-features = false }}
serde = {{ version = "1", features = ["derive"] }}

[workspace]
"#,
        repository.join("netabase").display(),
    )
}

fn source(Variant { imports, derive, key, .. }: &Variant) -> String {
    let mut source = format!("#![allow(unused)]\n{imports}\n");
    for number in 0..STRUCTS {
        write!(
            source,
            "
{derive}
pub struct Struct{number} {{
    {key}
    pub id: u64,
    pub name: String,
    pub city: Option<String>,
    pub picture: Vec<u8>,
    pub tags: Vec<String>,
    pub age: u32,
    pub height: f64,
    pub active: bool,
    pub place: (i32, i32),
    pub seen: i64,
}}
"
        )
        .expect("writing to a string cannot fail");
    }
    source
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

fn report([bare, serde, ours]: [f64; 3]) -> String {
    let mut text = format!(
        "\n{STRUCTS} structs of ten fields, cargo check, median of {ROUNDS}\n{:<26}{:>8}{:>10}\n",
        "", "seconds", "extra",
    );
    for (Variant { name, .. }, time, extra) in [
        (&VARIANTS[0], bare, 0.0),
        (&VARIANTS[1], serde, serde - bare),
        (&VARIANTS[2], ours, ours - serde),
    ] {
        writeln!(text, "{name:<26}{time:>8.2}{extra:>10.2}")
            .expect("writing to a string cannot fail");
    }
    let ratio = (ours - serde) / (serde - bare);
    let verdict = if ratio <= PROMISED { "kept" } else { "broken" };
    text + &format!(
        "extra of ours / extra of serde's: {ratio:.2} (at most {PROMISED} is promised: {verdict})\n"
    )
}
