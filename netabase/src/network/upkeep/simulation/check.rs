//! Looks whether all is where it is to be, and what that took.

use libp2p::kad::RecordKey;

use super::{network::Network, node::Node};
use crate::network::{
    place::{distance, hash_of},
    settings::REPLICATION,
};

/// The most times that a record is sent to each peer that is to hold it, beside some thousand for peers that come and
/// go: each that was away is sent again what was written in the last minute.
const MAX_SENT: usize = 8;

impl Network {
    /// Finds the first closest peer that lacks the last version of a record, or work beyond all bounds.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut copies = 0;
        for owner in &self.nodes {
            for key in owner.own() {
                let version = owner.held[key].version;
                let hash = hash_of(&RecordKey::new(&key));
                let mut others: Vec<&Node> =
                    self.nodes.iter().filter(|node| node.peer != owner.peer).collect();
                others.sort_by_key(|node| distance(&hash, node.place()));
                for (rank, node) in others.iter().take(REPLICATION).enumerate() {
                    let held = node.held.get(key).map(|held| held.version);
                    if held != Some(version) {
                        let waiting: usize = self.nodes.iter().map(Node::waiting).sum();
                        return Err(format!(
                            "node {} of rank {rank} has {held:?} of {version} of node {}; {waiting} wait",
                            self.index[&node.peer], self.index[&owner.peer]
                        ));
                    }
                    copies += 1;
                }
            }
        }
        let sent: usize = self.nodes.iter().map(|node| node.sent).sum();
        let refused: usize = self.nodes.iter().map(|node| node.refused).sum();
        let copies = copies.max(self.writes * REPLICATION);
        if sent > copies * MAX_SENT + 3000 || refused * 3 > sent * 2 {
            return Err(format!("{sent} were sent and {refused} refused for {copies} copies"));
        }
        Ok(())
    }
}
