//! Measures what an application gets that keeps its values in a `HashMap` and makes records of them
//! when it syncs, against a bare `MemoryStore` of hand-made records, and against netabase.
//!
//! ```text
//! cargo run --release -p netabase-benches --bin memory_store -- --records 300000 --rounds 3
//! ```
//!
//! Each peer runs in a process of its own, so that none inherits the heap that another left behind.
#![allow(clippy::print_stdout, reason = "a report is what this program is for")]

mod figure;

mod peer;

mod hash_map;

mod bare;

mod typed;

mod check;

mod measure;

mod process;

mod report;

use std::{error::Error, process::ExitCode};

use netabase_benches::{
    arguments::{Arguments, Parts},
    progress,
};

use self::{
    figure::{Figure, Figures},
    peer::PeerName,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match process::parse_request(&arguments) {
        Some((peer, records)) => {
            process::serve(peer, records);
            Ok(())
        }
        None => Arguments::parse(arguments.into_iter(), &[300_000], &Parts::default())
            .map_err(Into::into)
            .and_then(|arguments| compare_all(&arguments)),
    };
    done.map_or_else(
        |error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn compare_all(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    for &records in &arguments.records {
        let medians = compare(records, arguments.rounds)?;
        println!("{}", report::table(records, arguments.rounds, &medians));
    }
    Ok(())
}

/// Runs the peers in turn, so that a machine that slows down slows all of them, and takes medians.
fn compare(records: usize, rounds: usize) -> Result<[Figures; 3], Box<dyn Error>> {
    let steps = rounds * PeerName::ALL.len() * Figure::ALL.len();
    let bar = progress::bar(steps, format!("{records} records"));
    let mut taken = PeerName::ALL.map(|_| Vec::new());
    for _ in 0..rounds {
        for (peer, taken) in PeerName::ALL.into_iter().zip(&mut taken) {
            taken.push(process::run(peer, records, &bar)?);
        }
    }
    bar.finish_and_clear();
    Ok(taken.map(|rounds| Figures::median(&rounds)))
}
