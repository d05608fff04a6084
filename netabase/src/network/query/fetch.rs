//! Decides what a fetch has found, and which peers are to be repaired.

use std::cmp::Ordering;

use libp2p::{
    PeerId,
    kad::{Record, RecordKey},
};

use super::walk::{Walk, WalkEnd};
use crate::{
    network::{error::NetworkError, settings::REPLICATION},
    schema::EnvelopeHeader,
    store::RawRecord,
};

/// The number of peers with a valid value that is enough.
const SEVERAL: usize = 3;

/// Limits how far a fetch goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchMode {
    /// Returns what is held here; no peer is asked.
    Local,
    /// Until the first peer answers with a valid value. Others may have a newer one.
    First,
    /// Until three peers have answered with valid values, or all that are close to the key were asked. The
    /// newest wins, and those that had an older one, or none, are sent it.
    #[default]
    Several,
    /// Until all peers that are close to the key were asked. The newest wins, and those that had an older one, or none,
    /// are sent it.
    All,
}

/// A fetch on its way.
pub(in crate::network) struct Fetch {
    walk: Walk,
    mode: FetchMode,
    known: Option<RawRecord>,
}

/// The result of a fetch.
#[derive(Debug)]
pub(in crate::network) struct Fetched {
    /// The winner; a tombstone counts.
    pub(in crate::network) record: Option<Record>,
    /// `true` if a peer has a valid record of the key, be it the winner or not.
    pub(in crate::network) is_on_network: bool,
    /// The number of peers that have the winner.
    pub(in crate::network) holders: usize,
    /// The number of peers that have a valid record.
    pub(in crate::network) answers: usize,
}

impl Fetched {
    /// Returns what is known without any peer's answer.
    pub(in crate::network) fn here(record: Option<Record>) -> Self {
        Self { record, is_on_network: false, holders: 0, answers: 0 }
    }
}

/// A record, and the peers that should have it.
#[derive(Debug)]
pub(in crate::network) struct Repair {
    pub(in crate::network) record: Record,
    pub(in crate::network) peers: Vec<PeerId>,
}

impl Fetch {
    /// Starts a fetch; `known` is what is held here.
    pub(in crate::network) fn new(walk: Walk, mode: FetchMode, known: Option<RawRecord>) -> Self {
        Self { walk, mode, known }
    }

    pub(in crate::network) fn key(&self) -> &RecordKey {
        self.walk.key()
    }

    pub(in crate::network) fn walk(&mut self) -> &mut Walk {
        &mut self.walk
    }

    /// Returns whether the answers so far are enough.
    pub(in crate::network) fn is_satisfied(&self) -> bool {
        match self.mode {
            FetchMode::Local => true,
            FetchMode::First => self.valid() >= 1,
            FetchMode::Several => self.valid() >= SEVERAL,
            FetchMode::All => false,
        }
    }

    /// Returns how many peers have answered with a valid value.
    fn valid(&self) -> usize {
        self.walk.current.len() + self.walk.stale.len()
            - self.walk.invalid.as_ref().map_or(0, |(count, _)| *count)
    }

    /// Returns what was found, and the peers to send it to.
    pub(in crate::network) fn finish(
        self,
        end: &WalkEnd,
    ) -> (Result<Fetched, NetworkError>, Option<Repair>) {
        let Some(winner) = &self.walk.winner else { return (self.without_answer(end), None) };
        let order = self.known.as_ref().map(|known| known.record.value.cmp(&winner.value));
        let knows_more = order == Some(Ordering::Greater);
        // What is private here is no better for them.
        let is_ours = knows_more && self.known.as_ref().is_some_and(|known| known.state.served);
        let best = match &self.known {
            Some(known) if knows_more => &known.record,
            _ => winner,
        };
        let repairs = matches!(self.mode, FetchMode::Several | FetchMode::All);
        let repair = (repairs && (is_ours || !knows_more)).then(|| self.repair(best, is_ours, end));
        let found = Fetched {
            record: Some(best.clone()),
            is_on_network: true,
            holders: self.walk.current.len(),
            answers: self.valid(),
        };
        (Ok(found), repair.filter(|repair| !repair.peers.is_empty()))
    }

    fn without_answer(&self, end: &WalkEnd) -> Result<Fetched, NetworkError> {
        if let Some(RawRecord { record, .. }) = &self.known {
            return Ok(Fetched::here(Some(record.clone())));
        }
        if let Some((answers, source)) = &self.walk.invalid {
            return Err(NetworkError::OnlyInvalid { answers: *answers, source: source.clone() });
        }
        match end {
            WalkEnd { asked: 0, .. } => Err(NetworkError::NobodyToAsk),
            // Those that were not asked may have it.
            WalkEnd { timed_out: Some(after), .. } => Err(NetworkError::TimedOut { after: *after }),
            WalkEnd { answered: 1.., .. } => Ok(Fetched::here(None)),
            WalkEnd { asked, .. } => Err(NetworkError::Unreachable { asked: *asked }),
        }
    }

    /// Returns the peers that have less than the winner, and those without a record that should have it, unless the
    /// winner is a tombstone.
    fn repair(&self, winner: &Record, is_ours: bool, end: &WalkEnd) -> Repair {
        let Walk { current, stale, .. } = &self.walk;
        let mut peers = stale.clone();
        if is_ours {
            peers.extend(current);
        }
        let is_tombstone = EnvelopeHeader::peek(&winner.value).is_some_and(|it| it.tombstone);
        if !is_tombstone {
            let closest = self.walk.closest(end);
            let mut reach = closest.len().min(REPLICATION);
            if !end.is_complete {
                // On the way to the key there are peers that should never hold it.
                let farthest = closest.iter().rposition(|peer| current.contains(peer));
                reach = reach.min(farthest.unwrap_or(0));
            }
            let lacks = |peer: &&PeerId| end.missing.contains(peer);
            peers.extend(closest[..reach].iter().filter(lacks));
        }
        Repair { record: winner.clone(), peers }
    }
}
