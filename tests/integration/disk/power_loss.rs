//! Disks whose power goes at any call: what was promised is there, and nothing that never was.

use std::{error::Error, thread, time::{Duration, Instant}};

use netabase::{Durability, NetabaseStore, NetabaseStoreBuilder, Timestamp};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

use super::{
    sim_disk::{Fault, NO_POWER, SimDisk, Unsynced},
    workload::{Lane, Ledger, Shop, State, check_recovered},
};
use crate::authors::{NETWORK, identity};

const SEEDS: u64 = 1000;

/// Short, so that few commits make several groups.
pub(crate) const WITHIN: Durability = Durability::Buffered { within: Duration::from_millis(2) };

/// How many commits a run makes at most.
const COMMITS: u64 = 30;

/// How many calls the disk does at most before its power goes. A run does about as many.
const CALLS: u64 = 120;

pub(crate) fn builder(disk: &SimDisk) -> NetabaseStoreBuilder {
    let builder = NetabaseStore::builder().identity(identity(1)).network(NETWORK);
    builder.durability(WITHIN).storage(disk.clone())
}

/// A store of some commits that was closed.
pub(crate) fn closed() -> Result<(SimDisk, State), Box<dyn Error>> {
    let disk = SimDisk::default();
    let shop = Shop::open(builder(&disk).build()?)?;
    let lane = Lane { seed: 0, number: 1 };
    Ledger::run(lane, &shop, WITHIN, (Instant::now(), 40), drop)?;
    let state = State::of(&shop)?;
    Ok((disk, state))
}

/// Runs a store until the power goes, twice, and checks what is left each time.
fn lose_power(seed: u64, disk: &SimDisk, state: &State) -> Result<(), Box<dyn Error>> {
    let mut dice = SmallRng::seed_from_u64(seed);
    let (mut disk, mut state) = (disk.without_process(), state.clone());
    let mut last = Timestamp::default();
    for run in 0..2 {
        let lane = Lane { seed: 2 * seed + run + 1, number: 1 };
        disk.fail(Fault { at: dice.random_range(0..CALLS), kind: NO_POWER, lasts: true });
        let mut ledger = Ledger::default();
        if let Ok(store) = builder(&disk).build() {
            let start = (Instant::now(), COMMITS);
            // An error is the power's.
            let _ = Ledger::run(lane, &Shop::open(store)?, WITHIN, start, |ack| ledger.0.push(ack));
        }
        let unsynced = Unsynced::ALL[dice.random_range(0..Unsynced::ALL.len())];
        let left = disk.without_power(unsynced, seed);
        let opened = builder(&left).build().map_err(|error| format!("{unsynced:?}: {error}"))?;
        let (shop, _) = check_recovered(opened, &state, &[lane], &ledger, last)
            .map_err(|error| format!("{unsynced:?}: {error}"))?;
        state = State::of(&shop)?;
        last = ledger.timestamp();
        drop(shop);
        disk = left;
    }
    Ok(())
}

/// Does something for each seed, on all cores.
pub(crate) fn for_seeds(
    seeds: u64,
    work: impl Fn(u64) -> Result<(), Box<dyn Error>> + Sync,
) -> Result<(), Box<dyn Error>> {
    let cores = thread::available_parallelism()?.get() as u64;
    thread::scope(|scope| {
        let work = &work;
        let each = |core| {
            move || {
                for seed in (core..seeds).step_by(usize::try_from(cores).unwrap_or(1)) {
                    work(seed).map_err(|error| format!("seed {seed}: {error}"))?;
                }
                Ok::<_, String>(())
            }
        };
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(each(core))).collect();
        for thread in threads {
            thread.join().map_err(|_| "a seed panicked")??;
        }
        Ok(())
    })
}

#[test]
fn what_was_promised_survives_the_loss_of_power() -> Result<(), Box<dyn Error>> {
    let (disk, state) = closed()?;
    for_seeds(SEEDS, |seed| lose_power(seed, &disk, &state))
}
