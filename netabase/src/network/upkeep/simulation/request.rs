//! What is under way in the simulation.

use libp2p::{PeerId, kad::RecordKey};

use crate::network::upkeep::{Delivery, Handed, Lane};

/// A request that is under way to peers.
pub(super) enum Request {
    Walk { key: RecordKey, lane: Option<Lane>, arrivals: u64 },
    Offer(Delivery),
    Handover(Handed),
}

impl Request {
    /// Returns the peers that a request goes to, and its key.
    pub(super) fn targets(&self) -> (Vec<PeerId>, RecordKey) {
        match self {
            Self::Walk { key, .. } => (Vec::new(), key.clone()),
            Self::Offer(delivery) => (delivery.peers().to_vec(), delivery.key.clone()),
            Self::Handover(handed) => {
                (vec![handed.peer], handed.key.clone().expect("it was found"))
            }
        }
    }
}
