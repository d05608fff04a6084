//! Runs the model of three peers for as long as it is told to.
//!
//! ```text
//! cargo run --release -p netabase-tests --bin model -- [operations, by default 10000000] [seed]
//! ```
#![allow(clippy::print_stdout, reason = "a program shows how far it has come")]

use std::{error::Error, time::Instant};

use netabase_tests::model;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(Ok(default), |text| text.parse());
    let (operations, seed) = (number(10_000_000)?, number(1)?);
    let begun = Instant::now();
    model::run(seed, operations, |done| {
        if done.is_multiple_of(1_000_000) {
            println!("{done} operations agree, after {} s", begun.elapsed().as_secs());
        }
    })?;
    println!("{operations} operations of seed {seed} agree: {} s", begun.elapsed().as_secs());
    Ok(())
}
