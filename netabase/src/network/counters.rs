//! Counts what a node has done, and what it has refused and why.

use std::{fmt, ops::Index};

use parking_lot::Mutex;

use crate::{record::RecordError, store::StoreError};

/// Counts what a node has done, and what it holds at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeCounters {
    /// Peers that are connected now.
    pub connected_peers: usize,
    /// Peers in the routing table now.
    pub known_peers: usize,
    /// Records that peers sent, and that were stored or were here already.
    pub records_accepted: u64,
    /// Records, and providers, that peers sent and that were refused, by reason.
    pub refused: Refusals,
    /// Walks through the network that callers asked for: publishes, fetches, providers.
    pub queries: u64,
    /// Queries among them that failed.
    pub queries_failed: u64,
    /// Answers to fetches that were not valid.
    pub invalid_answers: u64,
    /// Copies at other peers that were replaced with newer ones, or filled in, after a fetch.
    pub repairs: u64,
    /// Own records that wait to be sent to peers, because they were written, renewed or removed. One that some peers
    /// have and others are to be sent later counts once for each of those.
    pub offers_waiting: usize,
    /// Own records that a peer refused while others took them, counted once for each such peer. They are offered
    /// to it ever more seldom.
    pub offers_refused: usize,
    /// Own records that were sent to peers by the node itself.
    pub offers_sent: u64,
    /// Attempts to do so that reached no peer; they are made again.
    pub offers_failed: u64,
    /// Own records that were not sent, since a peer had a newer value.
    pub offers_outdated: u64,
    /// Leases of own records that the node renewed.
    pub renewals: u64,
    /// New peers for which the held records are yet to be looked through.
    pub handovers_waiting: usize,
    /// Held records that were passed on to peers which came closer to them.
    pub handovers_sent: u64,
    /// Connections that others opened and that were refused: there were too many, of all, of one peer or from one
    /// network.
    pub connections_refused: u64,
    /// Addresses that peers claimed and that are not kept: too many, too long, or out of place.
    pub addresses_refused: u64,
}

/// Counts by reason the records of peers that were refused.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Refusals {
    counts: [u64; Self::REASONS.len()],
}

impl Refusals {
    /// The reasons, as they are written.
    pub const REASONS: [&str; 13] = [
        "too large",
        "not our key",
        "unknown schema",
        "envelope",
        "clock",
        "lease",
        "private",
        "outdated",
        "rate",
        "signature",
        "value",
        "full",
        "panic",
    ];

    fn reason(error: &StoreError) -> &'static str {
        match error {
            StoreError::ValueTooLarge { .. } | StoreError::RecordTooLarge { .. } => "too large",
            StoreError::UnknownSchema { .. } => "unknown schema",
            StoreError::ClockAhead { .. } => "clock",
            StoreError::LeaseOver { .. }
            | StoreError::NoLease
            | StoreError::LeaseTooLong { .. } => "lease",
            StoreError::Private | StoreError::NotAccepted { .. } => "private",
            StoreError::Outdated => "outdated",
            StoreError::Panicked { .. } => "panic",
            StoreError::RateExceeded { .. } => "rate",
            StoreError::Full { .. }
            | StoreError::FullOfBytes { .. }
            | StoreError::ForeignFull { .. } => "full",
            StoreError::Record(error) => match error {
                RecordError::ForeignKey
                | RecordError::WrongSchema { .. }
                | RecordError::WrongAccess { .. }
                | RecordError::KeyTooLong { .. } => "not our key",
                RecordError::Envelope(_)
                | RecordError::Version { .. }
                | RecordError::UnsupportedCodec { .. } => "envelope",
                RecordError::Unsigned { .. }
                | RecordError::UnexpectedSignature { .. }
                | RecordError::WrongSigner { .. }
                | RecordError::BadSignature => "signature",
                RecordError::TooLarge { .. } => "too large",
                _ => "value",
            },
            _ => "value",
        }
    }

    fn count(&mut self, error: &StoreError) {
        let reason = Self::reason(error);
        if let Some(place) = Self::REASONS.iter().position(|known| *known == reason) {
            self.counts[place] += 1;
        }
    }

    /// Returns the count of each reason.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Self::REASONS.into_iter().zip(self.counts)
    }

    /// Returns the sum of the counts.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Returns the count of one of the [reasons](Refusals::REASONS).
///
/// # Panics
///
/// If there is no such reason.
impl Index<&str> for Refusals {
    type Output = u64;

    fn index(&self, reason: &str) -> &u64 {
        let place = Self::REASONS.iter().position(|known| *known == reason);
        &self.counts[place.expect("it is one of the reasons")]
    }
}

impl fmt::Debug for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().filter(|(_, count)| *count != 0)).finish()
    }
}

/// The counters that the task and its behaviours write.
#[derive(Debug, Default)]
pub(super) struct SharedCounters(Mutex<NodeCounters>);

impl SharedCounters {
    pub(super) fn update(&self, change: impl FnOnce(&mut NodeCounters)) {
        change(&mut self.0.lock());
    }

    pub(super) fn refused(&self, error: &StoreError) {
        self.update(|counters| counters.refused.count(error));
    }

    pub(super) fn snapshot(&self) -> NodeCounters {
        self.0.lock().clone()
    }
}
