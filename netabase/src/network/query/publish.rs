//! Decides which peers a record is sent to, and whether enough have it.

use std::cmp::Ordering;

use libp2p::{
    PeerId,
    kad::{Quorum, Record},
};

use super::walk::{Walk, WalkEnd};
use crate::network::{error::NetworkError, report::PublishReport, settings::REPLICATION};

/// A publish on its way: first a walk, to see what is there and which peers are closest, then the puts.
pub(in crate::network) struct Publish {
    record: Record,
    quorum: Quorum,
    walk: Walk,
    report: PublishReport,
    /// How many peers had come when it began.
    arrivals: u64,
}

/// The step after the walk.
pub(in crate::network) enum PublishStep {
    /// These lack the record.
    Send(Vec<PeerId>),
    /// The network has a newer value.
    Outdated(Box<Record>),
}

impl Publish {
    pub(in crate::network) fn new(record: Record, quorum: Quorum) -> Self {
        let walk = Walk::new(record.key.clone());
        let report = PublishReport { stored_locally: true, ..PublishReport::default() };
        Self { record, quorum, walk, report, arrivals: 0 }
    }

    pub(in crate::network) fn record(&self) -> &Record {
        &self.record
    }

    pub(in crate::network) fn walk(&mut self) -> &mut Walk {
        &mut self.walk
    }

    /// Takes in the end of the walk. Returns the next step, and the peers closest to the key.
    pub(in crate::network) fn walked(&mut self, end: &WalkEnd) -> (PublishStep, Vec<PeerId>) {
        let mut closest = self.walk.closest(end);
        closest.truncate(REPLICATION);
        let order = self.walk.winner.as_ref().map(|winner| winner.value.cmp(&self.record.value));
        if order == Some(Ordering::Greater)
            && let Some(winner) = self.walk.winner.take()
        {
            return (PublishStep::Outdated(Box::new(winner)), closest);
        }
        let has_it: &[PeerId] =
            if order == Some(Ordering::Equal) { &self.walk.current } else { &[] };
        let targets: Vec<PeerId> =
            closest.iter().filter(|peer| !has_it.contains(peer)).copied().collect();
        self.report.found = closest.len();
        self.report.verified = closest.len() - targets.len();
        self.report.wanted = match closest.len() {
            // A peer should have it, but none answered.
            0 => usize::from(end.asked > 0),
            found => wanted(self.quorum, found),
        };
        (PublishStep::Send(targets), closest)
    }

    /// Begins it anew: some peers may have the record by now.
    pub(in crate::network) fn again(self) -> Self {
        Self::new(self.record, self.quorum)
    }

    /// Notes how many peers had come when it began.
    pub(in crate::network) fn begin(&mut self, arrivals: u64) {
        self.arrivals = arrivals;
    }

    /// Returns how many peers had come when it began.
    pub(in crate::network) fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// Notes that so many peers have taken the record, beside those that had it.
    pub(in crate::network) fn sent(&mut self, acknowledged: usize) {
        self.report.acknowledged = acknowledged;
    }

    /// Notes that one more peer has taken it.
    pub(in crate::network) fn took(&mut self) {
        self.report.acknowledged += 1;
    }

    /// Returns how many of the closest peers had the record before.
    pub(in crate::network) fn verified(&self) -> usize {
        self.report.verified
    }

    /// Returns the report, if as many peers have the record as are wanted.
    pub(in crate::network) fn result(&self) -> Result<PublishReport, NetworkError> {
        let report = self.report;
        if report.holders() < report.wanted {
            return Err(NetworkError::QuorumMissed { report });
        }
        Ok(report)
    }
}

/// Returns how many of the found peers a quorum asks for.
fn wanted(quorum: Quorum, found: usize) -> usize {
    match quorum {
        Quorum::One => 1,
        Quorum::Majority => found / 2 + 1,
        Quorum::All => found,
        Quorum::N(n) => n.get().min(found),
    }
}
