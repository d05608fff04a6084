use std::{error::Error, fmt::Write, time::Duration};

use netabase_benches::progress;

use super::project::Project;

const STRUCTS: usize = 200;
/// The median of so many counts.
const ROUNDS: usize = 9;
/// What our derive may cost, in times of what serde's two cost together.
const PROMISED: f64 = 2.0;

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

/// What `#[derive(NetabaseSchema)]` adds, against serde's two derives: it times `cargo check` of a crate of structs, bare,
/// with serde's derives, and with ours beside them. What they depend on is built before.
pub(super) fn measure() -> Result<String, Box<dyn Error>> {
    let dependencies = [
        r#"netabase = { path = "NETABASE", default-features = false }"#,
        r#"serde = { version = "1", features = ["derive"] }"#,
    ];
    let project = Project::create("derives", &dependencies)?;
    let bar = progress::bar((ROUNDS + 1) * VARIANTS.len(), "derives");
    bar.enable_steady_tick(Duration::from_secs(1));
    let mut times = VARIANTS.map(|_| Vec::new());
    // The first time builds the dependencies. In turn, so that a machine that slows down slows all of them.
    for round in 0..=ROUNDS {
        for (variant, times) in VARIANTS.iter().zip(&mut times) {
            bar.set_message(variant.name);
            let time = time_check(&project, variant)?;
            if round > 0 {
                times.push(time);
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(report(times.map(median)))
}

/// Writes the crate anew, which touches it, and checks it. Nothing else has changed.
fn time_check(project: &Project, variant: &Variant) -> Result<Duration, Box<dyn Error>> {
    project.write("lib.rs", &source(variant))?;
    let (_, time) = project.cargo(&["check"])?;
    Ok(time)
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
