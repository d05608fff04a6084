//! Drives the decisions of many nodes with a seed: cuts, stalls, rates, newcomers and jumps of clocks. No swarm, no store.

mod random;

mod request;

mod node;

mod network;

mod check;

use std::{env, error::Error};

use self::network::Network;

type Outcome = Result<(), Box<dyn Error>>;

/// The seeds of a usual run.
const SEEDS: u64 = 8;

/// Runs one seed to its end. At the end nothing is wrong with the network any more, and everything has settled.
fn run(seed: u64) -> Outcome {
    let mut network = Network::new(seed);
    network.live();
    network.settle();
    network.check().map_err(|fault| format!("seed {seed}: {fault}").into())
}

#[test]
fn every_closest_peer_has_every_record_in_the_end_and_the_work_is_bounded() -> Outcome {
    (0..SEEDS).try_for_each(run)
}

/// `NETABASE_SEEDS=500..10000 cargo test -p netabase --lib -- --ignored many_seeds`
#[test]
#[ignore = "takes minutes"]
fn many_seeds() -> Outcome {
    let range = env::var("NETABASE_SEEDS").unwrap_or_else(|_| "0..10000".to_owned());
    let (from, to) = range.split_once("..").ok_or("seeds are given as from..to")?;
    (from.parse()?..to.parse()?).try_for_each(run)
}
