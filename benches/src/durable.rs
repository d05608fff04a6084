//! Stores on disk: what a commit costs, alone and among others, what a start costs, and how large the files are, beside
//! embedded databases on the same disk, in one run.

mod figure;

mod files;

mod peer;

mod peers;

mod person;

mod plot;

mod report;

mod runs;

mod table;

use std::error::Error;

use indicatif::ProgressBar;
use netabase_benches::progress;

use self::{
    figure::{Figure, Figures},
    peer::Peer,
    peers::{Bare, Fjall, InMemory, Native, Netabase, Redb, Sqlite},
};

/// One round of one peer.
type Round = fn(&Plan, &ProgressBar) -> Result<Figures, Box<dyn Error>>;

/// The peers, and those of them that the targets are about.
const PEERS: [(&str, Round); 7] = [
    (InMemory::NAME, runs::in_memory),
    (Netabase::NAME, runs::netabase),
    (Bare::NAME, runs::peer::<Bare>),
    (Redb::NAME, runs::peer::<Redb>),
    (Native::NAME, runs::peer::<Native>),
    (Fjall::NAME, runs::peer::<Fjall>),
    (Sqlite::NAME, runs::peer::<Sqlite>),
];

/// How much is done in one round.
struct Plan {
    ids: Vec<u64>,
    /// Commits that wait for nothing, few enough that all of them wait to be written.
    burst: usize,
    /// Commits that wait for nothing, for longer than the disk may lag behind.
    sustained: usize,
    /// Commits that wait for the disk.
    synced: usize,
    /// Of each of the writers.
    synced_by_each: usize,
}

/// The writers that share the disk.
const WRITERS: usize = 64;

/// Measures all peers, and gives what is to be printed. Writes figures and a plot.
///
/// # Errors
///
/// If there is no room on the disk, or a peer fails.
pub(crate) fn compare(records: usize, rounds: usize) -> Result<String, Box<dyn Error>> {
    let ids = netabase_benches::workload::Workload::new(records).ids;
    let sustained = records.min(200_000);
    let plan = Plan { ids, burst: 5_000.min(records), sustained, synced: 200, synced_by_each: 20 };
    let steps = rounds * PEERS.len();
    let bar = progress::bar(steps, "durable");
    let mut taken: Vec<Vec<Figures>> = PEERS.iter().map(|_| Vec::new()).collect();
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        // In turn, so that a machine that slows down slows all of them.
        for ((name, round), taken) in PEERS.iter().zip(&mut taken) {
            bar.set_message(*name);
            taken.push(round(&plan, &bar)?);
            bar.inc(1);
        }
        pairs.extend(runs::synced_pairs(&plan)?);
    }
    bar.finish_and_clear();
    let mut results: Vec<_> = PEERS
        .iter()
        .zip(&taken)
        .map(|((name, _), rounds)| (*name, Figures::median(rounds)))
        .collect();
    let ratio = netabase_benches::timing::median_of(&pairs, |pair| pair.0 / pair.1);
    results[1].1.set(Figure::SyncedRatio, ratio);
    report::report(records, rounds, &results)
}
