use std::{collections::BTreeSet, error::Error, fmt::Write, time::Duration};

use indicatif::ProgressBar;
use netabase_benches::{progress, timing::median_of};
use serde_json::Value;

use super::project::Project;

/// What each program prints.
const PRINTED: &str = "Keflavik\n";

/// The first program that somebody writes.
struct Program {
    name: &'static str,
    what: &'static str,
    source: &'static str,
    dependencies: &'static [&'static str],
}

const SERDE: &str = r#"serde = { version = "1", features = ["derive"] }"#;
const TOKIO: &str = r#"tokio = { version = "1", features = ["full"] }"#;

const PROGRAMS: [Program; 5] = [
    Program {
        name: "kad",
        what: "libp2p's kad, a MemoryStore by hand",
        source: include_str!("../../hello/kad.rs"),
        dependencies: &[
            r#"libp2p = { version = "0.57", default-features = false, features = ["ed25519", "kad"] }"#,
        ],
    },
    Program {
        name: "database",
        what: "netabase without `network`, a database",
        source: include_str!("../../hello/database.rs"),
        dependencies: &[r#"netabase = { path = "NETABASE", default-features = false }"#, SERDE],
    },
    Program {
        name: "native_db",
        what: "native_db, a database in memory",
        source: include_str!("../../hello/native_db.rs"),
        dependencies: &[r#"native_db = "0.8""#, r#"native_model = "0.4""#, SERDE],
    },
    Program {
        name: "swarm",
        what: "libp2p, a swarm of what a node has",
        source: include_str!("../../hello/swarm.rs"),
        dependencies: &[
            r#"libp2p = { version = "0.57", default-features = false, features = ["autonat", "dns", "ed25519", "identify", "kad", "macros", "mdns", "noise", "ping", "quic", "tcp", "tokio", "yamux"] }"#,
            TOKIO,
        ],
    },
    Program {
        name: "node",
        what: "netabase, a node",
        source: include_str!("../../hello/node.rs"),
        dependencies: &[r#"netabase = { path = "NETABASE" }"#, SERDE, TOKIO],
    },
];

/// What building a program took.
struct Built {
    crates: usize,
    time: Duration,
}

/// Builds each program from nothing, so many times, and runs it.
pub(super) fn measure(rounds: usize) -> Result<String, Box<dyn Error>> {
    let bar = progress::bar(rounds * PROGRAMS.len(), "clean builds");
    bar.enable_steady_tick(Duration::from_secs(1));
    let mut taken = PROGRAMS.map(|_| Vec::new());
    // In turn, so that a machine that slows down slows all of them.
    for _ in 0..rounds {
        for (program, taken) in PROGRAMS.iter().zip(&mut taken) {
            taken.push(program.build(&bar)?);
        }
    }
    bar.finish_and_clear();
    Ok(table(&taken, rounds))
}

impl Program {
    fn build(&self, bar: &ProgressBar) -> Result<Built, Box<dyn Error>> {
        bar.set_message(self.what);
        let project = Project::create(self.name, self.dependencies)?;
        project.write("main.rs", self.source)?;
        project.clean()?;
        let (output, time) =
            project.cargo(&["build", "--message-format", "json-render-diagnostics"])?;
        let (run, _) = project.cargo(&["run"])?;
        let printed = String::from_utf8(run.stdout)?;
        if printed != PRINTED {
            return Err(format!("{} printed {printed:?}, not {PRINTED:?}", self.name).into());
        }
        project.clean()?;
        bar.inc(1);
        Ok(Built { crates: packages(&output.stdout)?.len() - 1, time })
    }
}

/// The packages that cargo says it has built: the program itself, and what it needs.
fn packages(messages: &[u8]) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut packages = BTreeSet::new();
    for message in serde_json::Deserializer::from_slice(messages).into_iter::<Value>() {
        let message = message?;
        if message["reason"] == "compiler-artifact" {
            packages
                .insert(message["package_id"].as_str().ok_or("a package has an id")?.to_owned());
        }
    }
    Ok(packages)
}

fn table(taken: &[Vec<Built>], rounds: usize) -> String {
    let mut text = format!(
        "\nclean builds of first programs, dev profile, median of {rounds}\n{:<42}{:>12}{:>8}{:>9}\n",
        "", "lines needed", "crates", "seconds"
    );
    for (Program { what, dependencies, .. }, taken) in PROGRAMS.iter().zip(taken) {
        let seconds = median_of(taken, |built| built.time.as_secs_f64());
        let (lines, crates) = (dependencies.len(), taken[0].crates);
        writeln!(text, "{what:<42}{lines:>12}{crates:>8}{seconds:>9.1}")
            .expect("writing to a string cannot fail");
    }
    text
}
