//! Follows a record that is under way to some peers.

use libp2p::{PeerId, kad::RecordKey};

use super::backoff::Lane;
use crate::network::place::KeyHash;

/// An own record under way to some of the peers that are to hold it.
pub(in crate::network) struct Delivery {
    pub(in crate::network) key: RecordKey,
    pub(super) hash: KeyHash,
    /// The peers that have not answered yet.
    pub(super) awaited: Vec<PeerId>,
    /// How many peers have it: those that had it before, and those that took it.
    pub(super) holders: usize,
    /// The peers that refused it for what it is.
    pub(super) refused: Vec<PeerId>,
    /// The peers that are to be sent it later, of those that answer.
    pub(super) owed: Vec<PeerId>,
    /// `true` if a peer has a newer value.
    pub(super) is_outdated: bool,
    /// `true` if there is no room to owe it to a peer.
    pub(super) is_lost: bool,
    /// `true` if a caller waits for it.
    pub(super) is_urgent: bool,
    /// How many peers had come when its peers were chosen: later ones may be to hold it, too.
    pub(super) arrivals: u64,
    /// The lane that it is tried for.
    pub(super) lane: Option<Lane>,
}

/// The end of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::network) struct Delivered {
    /// How many peers have the record.
    pub(in crate::network) holders: usize,
    /// How many peers are to be sent it later.
    pub(in crate::network) owed: usize,
    /// `true` if some of them were sent it already, while others had not answered yet.
    pub(in crate::network) is_behind: bool,
}

impl Delivery {
    /// Describes what is under way to nobody yet. `arrivals` counts the peers that had come when its peers were
    /// looked for.
    pub(in crate::network) fn new(
        hash: KeyHash,
        key: RecordKey,
        lane: Option<Lane>,
        arrivals: u64,
    ) -> Self {
        Self {
            key,
            hash,
            awaited: Vec::new(),
            holders: 0,
            refused: Vec::new(),
            owed: Vec::new(),
            is_outdated: false,
            is_lost: false,
            is_urgent: false,
            arrivals,
            lane,
        }
    }

    /// Notes that so many peers have the record already.
    pub(in crate::network) fn held_by(mut self, holders: usize) -> Self {
        self.holders = holders;
        self
    }

    /// Notes that a caller waits for it.
    pub(in crate::network) fn urgent(mut self) -> Self {
        self.is_urgent = true;
        self
    }

    /// Returns the peers that it is under way to.
    pub(in crate::network) fn peers(&self) -> &[PeerId] {
        &self.awaited
    }

    /// Returns the place of the record.
    pub(in crate::network) fn hash(&self) -> &KeyHash {
        &self.hash
    }

    /// Returns the lane that it is tried for.
    pub(in crate::network) fn lane(&self) -> Option<&Lane> {
        self.lane.as_ref()
    }
}
