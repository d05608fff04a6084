//! A publish: a walk, then puts to the closest peers. No IO.

use std::cmp::Ordering;

use libp2p::{
    PeerId,
    kad::{Quorum, Record},
};

use super::walk::{End, Walk};
use crate::network::{error::NetworkError, settings::REPLICATION};

/// Who has a record that was published.
///
/// An acknowledgement means that the peer had checked the record and stored it. It does not mean that the peer
/// keeps it: it may be evicted there, or the peer may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishReport {
    /// Whether it is stored here.
    pub stored_locally: bool,
    /// The peers closest to the key that were found, at most 20.
    pub found: usize,
    /// How many of them took it.
    pub acknowledged: usize,
    /// How many of them had it already.
    pub verified: usize,
    /// How many of them should have it, as the quorum says. 0 if there is nobody: it is offered to the first
    /// peer that comes.
    pub wanted: usize,
}

impl PublishReport {
    /// How many peers have the record.
    #[must_use]
    pub fn holders(&self) -> usize {
        self.acknowledged + self.verified
    }
}

/// A publish on its way: first a walk, to see what is there and who is closest, then the puts.
pub(in crate::network) struct Publish {
    record: Record,
    quorum: Quorum,
    walk: Walk,
    report: PublishReport,
}

/// What comes after the walk.
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

    /// One whose closest peers are known: no walk is needed.
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

    /// The walk is over; says what comes next, and who is closest to the key.
    pub(in crate::network) fn walked(&mut self, end: &End) -> (PublishStep, Vec<PeerId>) {
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
            // Somebody should have it, but nobody answered.
            0 => usize::from(end.asked > 0),
            found => wanted(self.quorum, found),
        };
        if targets.is_empty() {
            return (PublishStep::Done(self.judge()), closest);
        }
        (PublishStep::Send(targets), closest)
    }

    /// The puts are over.
    pub(in crate::network) fn sent(
        &mut self,
        acknowledged: usize,
    ) -> Result<PublishReport, NetworkError> {
        self.report.acknowledged = acknowledged;
        self.judge()
    }

    fn judge(&self) -> Result<PublishReport, NetworkError> {
        let report = self.report;
        if report.holders() < report.wanted {
            return Err(NetworkError::QuorumMissed { report });
        }
        Ok(report)
    }
}

/// A quorum of so many peers, clamped to them.
fn wanted(quorum: Quorum, found: usize) -> usize {
    match quorum {
        Quorum::One => 1,
        Quorum::Majority => found / 2 + 1,
        Quorum::All => found,
        Quorum::N(n) => n.get().min(found),
    }
}
