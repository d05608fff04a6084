//! Netabase beside what an application would take in its place: the same users, the same operations.
//!
//! Each peer is measured at each size in a process of its own, so that none inherits the heap that another left
//! behind; all answers are checked before they are timed.

mod stopwatch;

mod people;

mod user;

mod feed;

mod peer;

mod shared;

mod keys;

mod clock;

mod by_hand;

mod by_hand_indexed;

mod hash_map;

mod bytes;

mod btree_map;

mod native;

mod redb;

mod sqlite;

mod sled;

mod fjall;

mod schemas;

mod typed;

mod incoming;

mod beside;

mod operations;

mod check;

mod memory;

mod figure;

mod measure;

mod roster;

mod process;

mod results;

mod targets;

mod report;

use std::{error::Error, time::Duration};

use indicatif::ProgressBar;
use netabase_benches::{arguments::Arguments, progress};

pub(crate) use self::process::{parse_request, serve};
use self::{
    results::{Measured, Results, Size},
    roster::PeerEntry,
};

/// The sizes that docs/performance.md shows: a run of all peers with these, and no other, writes its figures.
const PAGE_SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// Measures the peers that were asked for, and gives what is to be printed. Writes figures and plots.
///
/// # Errors
///
/// If there is no such peer, one fails, or the results cannot be written.
pub(crate) fn compare(arguments: &Arguments) -> Result<String, Box<dyn Error>> {
    let peers = roster::find(&arguments.peers)?;
    let steps = arguments.records.len() * arguments.rounds * peers.len();
    let bar = progress::bar(steps, "peers");
    // A child takes its time.
    bar.enable_steady_tick(Duration::from_secs(1));
    let sizes = arguments.records.iter().map(|&records| {
        let peers = measure_all(&peers, records, arguments.rounds, &bar)?;
        Ok(Size { records, peers })
    });
    let sizes = sizes.collect::<Result<_, Box<dyn Error>>>()?;
    bar.finish_and_clear();
    let results = Results { rounds: arguments.rounds, sizes };
    let is_complete = arguments.peers.is_empty() && arguments.records == PAGE_SIZES;
    report::report(&results, is_complete)
}

/// In turn, so that a machine that slows down slows all of them.
fn measure_all(
    peers: &[&PeerEntry],
    records: usize,
    rounds: usize,
    bar: &ProgressBar,
) -> Result<Vec<Measured>, Box<dyn Error>> {
    let mut taken: Vec<Vec<_>> = peers.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (peer, taken) in peers.iter().zip(&mut taken) {
            taken.push(process::run(peer, records, bar)?);
        }
    }
    let measured = peers.iter().zip(taken).map(|(peer, rounds)| Measured {
        peer: peer.name.to_owned(),
        figures: figure::median(&rounds),
    });
    Ok(measured.collect())
}
