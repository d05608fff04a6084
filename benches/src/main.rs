//! Measures netabase beside the stores that an application would take in its place, from a bare `MemoryStore`
//! to embedded databases, and prints what it was to reach and what it reached; then what ends of life,
//! publishers and budgets cost. When asked to, also measures stores on disk, nodes in a network against bare Kademlia
//! swarms, what it takes to publish much at once, and what a first program costs to build.
//!
//! ```text
//! cargo run --release -p netabase-benches -- --records 100000 --rounds 3
//! cargo run --release -p netabase-benches -- --only peers --peers netabase,redb --quick
//! cargo run --release -p netabase-benches -- --only network --nodes 50 --records 200 --rounds 3
//! cargo run --release -p netabase-benches -- --only durable --records 1000000
//! cargo run --release -p netabase-benches -- --only spread --records 10000
//! cargo run --release -p netabase-benches -- --only compile
//! ```
#![allow(clippy::print_stdout, reason = "a report is what this program is for")]

mod peers;

mod life;

mod durable;

mod network;

mod spread;

mod compile;

use std::{error::Error, process::ExitCode};

use netabase_benches::{
    arguments::{Arguments, Parts},
    progress,
    workload::Workload,
};

const PEERS: &str = "peers";
const LIFE: &str = "life";
const DURABLE: &str = "durable";
const NETWORK: &str = "network";
const SPREAD: &str = "spread";
const COMPILE: &str = "compile";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((peer, records)) = peers::parse_request(&arguments) {
        peers::serve(peer, records);
        return ExitCode::SUCCESS;
    }
    let others = &[DURABLE, NETWORK, SPREAD, COMPILE];
    let parts = Parts { by_default: &[PEERS, LIFE], others };
    let arguments = match Arguments::parse(arguments.into_iter(), &[100_000, 1_000_000], &parts) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.includes(PEERS) {
        println!("{}", peers::compare(arguments)?);
    }
    for &records in &arguments.records {
        if arguments.includes(LIFE) {
            println!("{}", measure_lives(records, arguments.rounds));
        }
        if arguments.includes(DURABLE) {
            println!("{}", durable::compare(records, arguments.rounds)?);
        }
        if arguments.includes(NETWORK) {
            println!("{}", network::measure(arguments.nodes, records, arguments.rounds));
        }
        if arguments.includes(SPREAD) {
            println!("{}", spread::measure(records));
        }
    }
    if arguments.includes(COMPILE) {
        println!("{}", compile::measure(arguments.rounds)?);
    }
    Ok(())
}

fn measure_lives(records: usize, rounds: usize) -> String {
    let workload = Workload::new(records);
    let bar = progress::bar(rounds * life::STEPS, format!("{records} records"));
    let lives: Vec<_> = (0..rounds).map(|_| life::measure(&workload, &bar)).collect();
    bar.finish_and_clear();
    life::table(records, rounds, &life::Figures::median(&lives))
}
