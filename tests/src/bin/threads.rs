//! Lets threads write one store for as long as they are told to.
//!
//! ```text
//! cargo run --release -p netabase-tests --bin threads -- [threads, by default 8] [operations of each, by default 1000000]
//! ```
#![allow(clippy::print_stdout, reason = "a program says what it found")]

use std::{error::Error, time::Instant};

use netabase_tests::threads;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count = arguments.first().map_or(Ok(8), |text| text.parse())?;
    let operations = arguments.get(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let begun = Instant::now();
    threads::run(1, count, operations)?;
    let seconds = begun.elapsed().as_secs();
    println!("{count} threads of {operations} operations each agree: {seconds} s");
    Ok(())
}
