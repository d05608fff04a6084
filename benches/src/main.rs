//! Measures the typed store against a bare `MemoryStore` that does the same work with
//! hand-written bincode, and prints what each operation costs as a ratio between the two.
//!
//! ```text
//! cargo run --release -p netabase-benches -- --records 900000,1000000 --rounds 3
//! ```
#![allow(clippy::print_stdout, reason = "a report is what this program is for")]

mod peer;

mod raw;

mod typed;

mod measure;

mod indexes;

mod report;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use netabase_benches::{arguments::Arguments, workload::Workload};

use self::{
    indexes::IndexFigures,
    measure::{Figures, STEPS, measure, median},
    raw::Raw,
    typed::Typed,
};

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1), &[900_000, 1_000_000]) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    for &records in &arguments.records {
        let (raw, typed, indexes) = compare(records, arguments.rounds);
        println!("{}", report::table(records, arguments.rounds, &raw, &typed));
        println!("{}", report::index_table(records, arguments.rounds, &indexes));
    }
    ExitCode::SUCCESS
}

/// Runs the two in turn, so that a machine that slows down slows both, and takes medians.
fn compare(records: usize, rounds: usize) -> (Figures, Figures, IndexFigures) {
    let workload = Workload::new(records);
    let bar = progress_bar(rounds * (2 * STEPS + indexes::STEPS), records);
    let mut raw = Vec::new();
    let mut typed = Vec::new();
    let mut indexed = Vec::new();
    for _ in 0..rounds {
        raw.push(measure::<Raw>(&workload, &bar));
        typed.push(measure::<Typed>(&workload, &bar));
        indexed.push(indexes::measure(&workload, &bar));
    }
    bar.finish_and_clear();
    (median(&raw), median(&typed), IndexFigures::median(&indexed))
}

fn progress_bar(steps: usize, records: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}")
        .expect("the template is valid");
    let bar = ProgressBar::new(steps as u64).with_style(style);
    bar.set_prefix(format!("{records} records"));
    bar
}
