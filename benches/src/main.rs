//! Measures the typed store against a bare `MemoryStore` that does the same work with
//! hand-written bincode, and prints what each operation costs as a ratio between the two; then what
//! indexes cost and save, and what ends of life, publishers and budgets do. When asked to, also measures
//! nodes in a network against bare Kademlia swarms.
//!
//! ```text
//! cargo run --release -p netabase-benches -- --records 900000,1000000 --rounds 3 --only store,life
//! cargo run --release -p netabase-benches -- --only network --nodes 50 --records 200 --rounds 3
//! ```
#![allow(clippy::print_stdout, reason = "a report is what this program is for")]

mod peer;

mod raw;

mod typed;

mod measure;

mod indexes;

mod life;

mod network;

mod report;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use netabase_benches::{arguments::Arguments, workload::Workload};

use self::{indexes::IndexFigures, measure::Figures, raw::Raw, typed::Typed};

const STORE: &str = "store";
const INDEXES: &str = "indexes";
const LIFE: &str = "life";
const NETWORK: &str = "network";

fn main() -> ExitCode {
    let arguments = Arguments::parse(
        std::env::args().skip(1),
        &[900_000, 1_000_000],
        &[STORE, INDEXES, LIFE],
        &[NETWORK],
    );
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    for &records in &arguments.records {
        if arguments.includes(NETWORK) {
            println!("{}", network::measure(arguments.nodes, records, arguments.rounds));
        }
        if arguments.parts == [NETWORK] {
            continue;
        }
        for table in compare(records, &arguments).tables(records, arguments.rounds) {
            println!("{table}");
        }
    }
    ExitCode::SUCCESS
}

/// A round's figures each, of the parts that ran.
#[derive(Default)]
struct Taken {
    raw: Vec<Figures>,
    typed: Vec<Figures>,
    indexed: Vec<IndexFigures>,
    lives: Vec<life::Figures>,
}

/// Runs the two in turn, so that a machine that slows down slows both.
fn compare(records: usize, arguments: &Arguments) -> Taken {
    let workload = Workload::new(records);
    let bar = progress_bar(arguments, records);
    let mut taken = Taken::default();
    for _ in 0..arguments.rounds {
        if arguments.includes(STORE) {
            taken.raw.push(measure::measure::<Raw>(&workload, &bar));
            taken.typed.push(measure::measure::<Typed>(&workload, &bar));
        }
        if arguments.includes(INDEXES) {
            taken.indexed.push(indexes::measure(&workload, &bar));
        }
        if arguments.includes(LIFE) {
            taken.lives.push(life::measure(&workload, &bar));
        }
    }
    bar.finish_and_clear();
    taken
}

impl Taken {
    /// Of the medians, a table for each part that ran.
    fn tables(&self, records: usize, rounds: usize) -> Vec<String> {
        let mut tables = Vec::new();
        if !self.raw.is_empty() {
            let (raw, typed) = (measure::median(&self.raw), measure::median(&self.typed));
            tables.push(report::table(records, rounds, &raw, &typed));
        }
        if !self.indexed.is_empty() {
            let figures = IndexFigures::median(&self.indexed);
            tables.push(report::index_table(records, rounds, &figures));
        }
        if !self.lives.is_empty() {
            let figures = life::Figures::median(&self.lives);
            tables.push(life::table(records, rounds, &figures));
        }
        tables
    }
}

fn progress_bar(arguments: &Arguments, records: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}")
        .expect("the template is valid");
    let steps = [(STORE, 2 * measure::STEPS), (INDEXES, indexes::STEPS), (LIFE, life::STEPS)];
    let steps: usize =
        steps.iter().filter(|(part, _)| arguments.includes(part)).map(|(_, steps)| steps).sum();
    let bar = ProgressBar::new((arguments.rounds * steps) as u64).with_style(style);
    bar.set_prefix(format!("{records} records"));
    bar
}
