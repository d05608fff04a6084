use libp2p::PeerId;

use super::plan::{Item, Value};

/// How far a read goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The first answer that has a record.
    First,
    /// What is usual: three answers of ours, all of the bare side's.
    Usual,
}

/// One of the two networks. Whatever goes wrong ends the program.
pub(super) trait Network: Sized {
    const NAME: &'static str;

    /// Peers of these identities that have met.
    async fn start(seed: u64, peers: &[PeerId]) -> Self;

    /// How many connections all peers have together, each counted at both ends.
    async fn connections(&self) -> usize;

    /// Writes a record to all of the 20 peers closest to its key.
    async fn publish<V: Value>(&self, item: &Item<V>);

    /// Reads it at a peer that does not have it, and checks it.
    async fn fetch<V: Value>(&self, item: &Item<V>, reader: usize, reach: Reach);
}
