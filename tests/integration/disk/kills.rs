//! Processes that are killed at any moment (`kill -9`): what was promised is there when the next one opens the store.

mod child;

mod figures;

use std::{error::Error, fs, path::Path, sync::Mutex, time::Instant};

use netabase::{NetabaseStore, NetabaseStoreBuilder, Timestamp};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tempfile::TempDir;

use self::{
    child::{Child, WITHIN, lanes},
    figures::Figures,
};
use super::{
    power_loss::for_seeds,
    workload::{State, check_recovered},
};
use crate::authors::{NETWORK, identity};

fn builder(directory: &Path) -> NetabaseStoreBuilder {
    let builder = NetabaseStore::builder().identity(identity(1)).network(NETWORK);
    builder.path(directory).durability(WITHIN)
}

/// Returns a copy of a store's directory, which the store is not told of.
fn copy(directory: &Path) -> Result<TempDir, Box<dyn Error>> {
    let copy = tempfile::tempdir()?;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
    }
    Ok(copy)
}

/// Kills so many processes, one after the other, that write to the same store.
fn kill(count: u64, seed: u64, figures: &Mutex<Figures>) -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let mut dice = SmallRng::seed_from_u64(seed);
    let (mut state, mut last) = (State::default(), Timestamp::default());
    for run in 0..count {
        let seed = 1 + seed * count + run;
        let ledger = Child::start(directory.path(), seed)?.kill_at_random(&mut dice)?;

        // Every other one opens what a killed process has left of what a killed process had left.
        let copied = if dice.random() { Some(copy(directory.path())?) } else { None };
        let path = copied.as_ref().map_or(directory.path(), TempDir::path);
        let began = Instant::now();
        let store = builder(path).build()?;
        let opening = began.elapsed();
        let (shop, found) = check_recovered(store, &state, &lanes(seed), &ledger, last)
            .map_err(|error| format!("run {run}: {error}"))?;
        let kept = lanes(seed).map(|lane| ledger.kept(lane, &state, &found).unwrap_or(0));
        last = last.max(ledger.timestamp());
        state = State::of(&shop)?;
        if copied.is_some() {
            state = found;
        }
        let mut figures = figures.lock().map_err(|_| "another directory failed")?;
        figures.add(&ledger, kept, opening);
    }
    Ok(())
}

fn kill_in_directories(directories: u64, each: u64) -> Result<Figures, Box<dyn Error>> {
    let figures = Mutex::default();
    for_seeds(directories, |seed| kill(each, seed, &figures))?;
    Ok(figures.into_inner()?)
}

#[test]
fn what_was_promised_survives_a_kill_at_any_moment() -> Result<(), Box<dyn Error>> {
    let figures = kill_in_directories(5, 10)?;
    assert!(figures.commits() > 500, "hardly anything was written: {figures}");
    Ok(())
}

#[test]
#[ignore = "takes some ten minutes: cargo test -p netabase-tests --test integration -- --ignored --nocapture two_thousand_kills"]
fn two_thousand_kills() -> Result<(), Box<dyn Error>> {
    let figures = kill_in_directories(20, 100)?;
    eprintln!("{figures}");
    Ok(())
}
