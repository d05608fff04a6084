//! What is kept beside a value, and what follows from it: who sees the record, and when it ends.

use std::time::Duration;

use libp2p::PeerId;

use crate::{
    schema::{EnvelopeHeader, lease_is_over},
    store::{clock::Moment, source::Source, state::RecordState},
};

/// What a store keeps beside a value, for as long as it keeps the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct RecordMeta {
    pub(in crate::store) state: RecordState,
    /// Its end of life, as [`Moment::ms`] counts.
    pub(in crate::store) ends: Option<u64>,
    /// `true` if the application let peers have it, so that they may hold copies: what is removed then leaves
    /// a tombstone.
    pub(in crate::store) shared: bool,
    /// `true` if its lease is to be renewed before it ends: not if life itself ends there.
    pub(in crate::store) renewable: bool,
    /// `true` if no type here can read it: databases do not show it, and its schema has no share in it.
    pub(in crate::store) opaque: bool,
}

/// To whom a foreign record is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Attribution {
    /// `None` if it names nobody, or too many are named already.
    pub(in crate::store) publisher: Option<Publisher>,
    pub(in crate::store) source: Source,
    /// The first 64 bits of its XOR distance from the local peer.
    pub(in crate::store) distance: u64,
}

/// Who published a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Publisher {
    pub(in crate::store) peer: PeerId,
    /// `true` if that is proved, `false` if it is merely claimed.
    pub(in crate::store) has_signed: bool,
}

impl RecordMeta {
    /// Returns whether the lease of an own record that peers are served is to be renewed: if life goes on behind it.
    pub(in crate::store) fn is_renewable(self, not_after: u32, now: &Moment) -> bool {
        let RecordState { own, served, .. } = self.state;
        own && served && self.outlives(not_after, now)
    }

    fn outlives(self, not_after: u32, now: &Moment) -> bool {
        let lease_left = (u64::from(not_after) * 1000).saturating_sub(now.unix_ms());
        self.ends.is_none_or(|ends| now.until(ends) > Duration::from_millis(lease_left))
    }

    /// Returns whether databases show a record, unless it has expired.
    pub(super) fn is_visible(self, header: EnvelopeHeader) -> bool {
        self.state.wanted && !self.opaque && !header.tombstone
    }

    /// Returns whether indexes by time, publisher or source find a record.
    pub(super) fn is_tracked(self, header: EnvelopeHeader) -> bool {
        self.ends.is_some() || !self.state.own || header.not_after != 0
    }

    /// Returns how long a record is there.
    pub(in crate::store) fn life(self, header: EnvelopeHeader) -> Life {
        let lapses = !self.state.own || header.tombstone;
        Life { ends: self.ends, lapses: if lapses { header.not_after } else { 0 } }
    }
}

/// How long a record is there.
#[derive(Clone, Copy)]
pub(in crate::store) struct Life {
    ends: Option<u64>,
    /// The end of the lease, unless the record is own: then that is over for peers alone.
    lapses: u32,
}

impl Life {
    /// Returns whether it can end at all: else no clock need be read.
    pub(in crate::store) fn has_end(self) -> bool {
        self.ends.is_some() || self.lapses != 0
    }

    pub(in crate::store) fn is_over(self, now: &Moment) -> bool {
        self.ends.is_some_and(|ends| ends <= now.ms) || lease_is_over(self.lapses, now.unix_ms())
    }

    /// Returns how long it is until it is over; `None` if it never is.
    pub(in crate::store) fn left(self, now: &Moment) -> Option<Duration> {
        let lease = (u64::from(self.lapses) * 1000).saturating_sub(now.unix_ms());
        let lease = (self.lapses != 0).then(|| Duration::from_millis(lease));
        let life = self.ends.map(|ends| now.until(ends));
        [life, lease].into_iter().flatten().min()
    }
}
