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
}

/// The step after the walk.
pub(in crate::network) enum PublishStep {
    /// These are to be sent the record.
    Send(Vec<PeerId>),
    Done(Result<PublishReport, NetworkError>),
}

impl Publish {
    pub(in crate::network) fn new(record: Record, quorum: Quorum) -> Self {
        let walk = Walk::new(record.key.clone());
        let report = PublishReport { stored_locally: true, ..PublishReport::default() };
        Self { record, quorum, walk, report }
    }

    /// Starts a publish whose closest peers are known: no walk is needed.
    pub(in crate::network) fn to(record: Record, closest: usize) -> Self {
        let mut publish = Self::new(record, Quorum::One);
        publish.report.found = closest;
        publish.report.wanted = 1;
        publish
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
            let outdated = NetworkError::Outdated { winner: Box::new(winner) };
            return (PublishStep::Done(Err(outdated)), closest);
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
        if targets.is_empty() {
            return (PublishStep::Done(self.check_quorum()), closest);
        }
        (PublishStep::Send(targets), closest)
    }

    /// Takes in the end of the puts.
    pub(in crate::network) fn sent(
        &mut self,
        acknowledged: usize,
    ) -> Result<PublishReport, NetworkError> {
        self.report.acknowledged = acknowledged;
        self.check_quorum()
    }

    fn check_quorum(&self) -> Result<PublishReport, NetworkError> {
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
