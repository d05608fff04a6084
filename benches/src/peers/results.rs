use serde::{Deserialize, Serialize};

use super::figure::Figure;

/// All that was measured, as it is written down.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    /// The median of so many counts.
    pub(crate) rounds: usize,
    pub(crate) sizes: Vec<Size>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) records: usize,
    pub(crate) peers: Vec<Measured>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) peer: String,
    pub(crate) figures: Vec<Figure>,
}

impl Size {
    pub(crate) fn figure(&self, peer: &str, name: &str) -> Option<&Figure> {
        let measured = self.peers.iter().find(|measured| measured.peer == peer)?;
        measured.figures.iter().find(|figure| figure.name == name)
    }

    pub(crate) fn value(&self, peer: &str, name: &str) -> Option<f64> {
        self.figure(peer, name).map(|figure| figure.value)
    }
}
