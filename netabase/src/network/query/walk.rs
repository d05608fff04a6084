//! Compares the answers to a walk for a record.

use std::{
    cmp::Ordering,
    time::{Duration, Instant},
};

use libp2p::{
    PeerId,
    kad::{KBucketKey, Record, RecordKey},
};

use crate::{
    network::{inbound_store::check_size, settings::WALK_TIMEOUT},
    record::RecordError,
    store::ArrivalError,
};

/// The answers to one GET walk: the winner, and the peers that have it or less.
pub(in crate::network) struct Walk {
    key: RecordKey,
    /// The largest valid value that a peer has.
    pub(super) winner: Option<Record>,
    /// The peers that have the winner.
    pub(super) current: Vec<PeerId>,
    /// The peers that have a smaller value, or one that is not valid.
    pub(super) stale: Vec<PeerId>,
    /// The number of answers that were not valid, and the fault of the last of them.
    pub(super) invalid: Option<(usize, ArrivalError)>,
    /// By the store's clock.
    started: Option<Instant>,
    /// `true` if it was ended before all peers close to the key were asked.
    is_cut_short: bool,
}

/// The end of a walk.
#[derive(Clone, Debug)]
pub(in crate::network) struct WalkEnd {
    /// Peers close to the key that have no record of it.
    pub(in crate::network) missing: Vec<PeerId>,
    pub(in crate::network) asked: usize,
    pub(in crate::network) answered: usize,
    /// After which time it was given up, if it was; there may be more than it has found.
    pub(in crate::network) timed_out: Option<Duration>,
    /// `true` if all reachable peers of the closest were asked.
    pub(in crate::network) is_complete: bool,
}

impl WalkEnd {
    /// Returns the end of a walk without any peer to ask.
    pub(in crate::network) fn nobody() -> Self {
        Self { missing: Vec::new(), asked: 0, answered: 0, timed_out: None, is_complete: true }
    }
}

impl Walk {
    pub(in crate::network) fn new(key: RecordKey) -> Self {
        Self {
            key,
            winner: None,
            current: Vec::new(),
            stale: Vec::new(),
            invalid: None,
            started: None,
            is_cut_short: false,
        }
    }

    /// Starts its time.
    pub(in crate::network) fn start(&mut self, now: Instant) {
        self.started = Some(now);
    }

    /// Returns whether it takes too long and is to be ended: `true` once.
    pub(in crate::network) fn cut_short(&mut self, now: Instant) -> bool {
        let took = self.started.map(|started| now.saturating_duration_since(started));
        let is_over = took.is_some_and(|took| took > WALK_TIMEOUT);
        is_over && !std::mem::replace(&mut self.is_cut_short, true)
    }

    pub(in crate::network) fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    pub(in crate::network) fn key(&self) -> &RecordKey {
        &self.key
    }

    /// Takes in what a peer answered.
    ///
    /// # Errors
    ///
    /// The fault of an answer that is not valid.
    pub(in crate::network) fn answer(
        &mut self,
        peer: PeerId,
        record: Record,
        validate: impl FnOnce(&Record) -> Result<(), ArrivalError>,
    ) -> Result<(), ArrivalError> {
        let order = self.winner.as_ref().map(|winner| record.value.cmp(&winner.value));
        // The same bytes are valid again.
        if order == Some(Ordering::Equal) && record.key == self.key {
            self.current.push(peer);
            return Ok(());
        }
        if let Err(error) = self.check(&record, validate) {
            self.stale.push(peer);
            let before = self.invalid.as_ref().map_or(0, |(count, _)| *count);
            self.invalid = Some((before + 1, error.clone()));
            return Err(error);
        }
        if order == Some(Ordering::Less) {
            self.stale.push(peer);
        } else {
            self.stale.append(&mut self.current);
            self.current.push(peer);
            self.winner = Some(Record { publisher: None, expires: None, ..record });
        }
        Ok(())
    }

    fn check(
        &self,
        record: &Record,
        validate: impl FnOnce(&Record) -> Result<(), ArrivalError>,
    ) -> Result<(), ArrivalError> {
        if record.key != self.key {
            return Err(ArrivalError::Record(RecordError::ForeignKey));
        }
        check_size(record)?;
        validate(record)
    }

    /// Returns all peers that took part, the closest to the key first.
    pub(super) fn closest(&self, end: &WalkEnd) -> Vec<PeerId> {
        let peers = [&self.current, &self.stale, &end.missing];
        closest_to(&self.key, peers.into_iter().flatten().copied())
    }
}

/// Sorts peers by their distance from a key.
pub(in crate::network) fn closest_to(
    key: &RecordKey,
    peers: impl Iterator<Item = PeerId>,
) -> Vec<PeerId> {
    let target = KBucketKey::new(key.as_ref());
    let mut peers: Vec<PeerId> = peers.collect();
    peers.sort_by_cached_key(|peer| target.distance(&KBucketKey::from(*peer)));
    peers.dedup();
    peers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_is_cut_short_once_and_not_before_its_time() {
        let (mut walk, start) = (Walk::new(RecordKey::new(b"key")), Instant::now());
        assert!(!walk.cut_short(start + WALK_TIMEOUT * 2), "it has not begun");
        walk.start(start);

        assert!(!walk.cut_short(start + WALK_TIMEOUT) && !walk.is_cut_short());
        let late = start + WALK_TIMEOUT + Duration::from_millis(1);
        assert!(walk.cut_short(late) && walk.is_cut_short());
        assert!(!walk.cut_short(late), "it has been ended");
    }
}
