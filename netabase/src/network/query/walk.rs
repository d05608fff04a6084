use std::cmp::Ordering;

use libp2p::{
    PeerId,
    kad::{KBucketKey, Record, RecordKey},
};

use crate::{network::gate::check_size, record::RecordError, store::StoreError};

/// The answers to one GET walk: which of them is the winner, and who has which.
pub(in crate::network) struct Walk {
    key: RecordKey,
    /// The largest valid value that a peer has.
    pub(super) winner: Option<Record>,
    /// Who has the winner.
    pub(super) current: Vec<PeerId>,
    /// Who has a smaller value, or one that is not valid.
    pub(super) stale: Vec<PeerId>,
    /// How many answers were not valid, and what is wrong with the last of them.
    pub(super) invalid: Option<(usize, StoreError)>,
}

/// How a walk ended.
#[derive(Clone, Debug)]
pub(in crate::network) struct End {
    /// Peers close to the key that have no record of it.
    pub(in crate::network) missing: Vec<PeerId>,
    pub(in crate::network) asked: usize,
    pub(in crate::network) answered: usize,
    pub(in crate::network) timed_out: bool,
    /// Whether all of the closest peers were asked that are there.
    pub(in crate::network) is_complete: bool,
}

impl End {
    /// Nobody was there to be asked.
    pub(in crate::network) fn nobody() -> Self {
        Self { missing: Vec::new(), asked: 0, answered: 0, timed_out: false, is_complete: true }
    }
}

impl Walk {
    pub(in crate::network) fn new(key: RecordKey) -> Self {
        Self { key, winner: None, current: Vec::new(), stale: Vec::new(), invalid: None }
    }

    pub(in crate::network) fn key(&self) -> &RecordKey {
        &self.key
    }

    /// Takes in what a peer answered.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(in crate::network) fn answer(
        &mut self,
        peer: PeerId,
        record: Record,
        validate: impl FnOnce(&Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
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
        validate: impl FnOnce(&Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if record.key != self.key {
            return Err(StoreError::Record(RecordError::ForeignKey));
        }
        check_size(record)?;
        validate(record)
    }

    /// All peers that took part, the closest to the key first.
    pub(super) fn closest(&self, end: &End) -> Vec<PeerId> {
        let peers = [&self.current, &self.stale, &end.missing];
        closest_to(&self.key, peers.into_iter().flatten().copied())
    }
}

/// Peers in the order of their distance from a key.
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
