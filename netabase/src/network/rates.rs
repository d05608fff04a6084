//! Limits how many records are verified, by peer, by source and in all.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

use libp2p::PeerId;

use super::settings::{NodeLimits, Rate};
use crate::store::{ArrivalError, Source};

/// The most peers, and the most sources, that are told apart. Beyond that, those that were not seen lately share
/// the overall rate.
const MAX_KNOWN: usize = 8192;

/// The time after which a peer may ask again whose rate is none at all: limits hold until the node ends.
const NEVER: Duration = Duration::from_secs(60 * 60);

/// Meters the records of all peers, before their signatures are verified.
pub(super) struct Rates {
    peers: Meters<PeerId>,
    sources: Meters<Source>,
    overall: Meters<()>,
}

/// Why a record is not verified, and when there is room for more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exceeded {
    pub(super) reason: ArrivalError,
    /// The time after which a second's worth of records may come: one that comes for each alone is refused as often
    /// as it is taken.
    pub(super) retry_after: Duration,
}

/// A leaky bucket for each key that is not at rest (the generic cell rate algorithm): the time until which it has
/// used up its rate.
struct Meters<K> {
    rate: Rate,
    used_until: HashMap<K, Instant>,
}

impl Rates {
    pub(super) fn new(limits: &NodeLimits) -> Self {
        Self {
            peers: Meters::new(limits.peer_rate),
            sources: Meters::new(limits.source_rate),
            overall: Meters::new(limits.overall_rate),
        }
    }

    /// Counts a record that is to be verified.
    ///
    /// # Errors
    ///
    /// [`Exceeded`] if there were too many; then it is not counted.
    pub(super) fn count(
        &mut self,
        peer: PeerId,
        source: Source,
        now: Instant,
    ) -> Result<(), Exceeded> {
        let Some(of_peer) = self.peers.next(&peer, now) else {
            return Err(self.peers.exceeded(&peer, format!("peer {peer}"), now));
        };
        let Some(of_source) = self.sources.next(&source, now) else {
            return Err(self.sources.exceeded(&source, format!("address {source}"), now));
        };
        let Some(of_all) = self.overall.next(&(), now) else {
            return Err(self.overall.exceeded(&(), "all peers".to_owned(), now));
        };
        self.peers.set(peer, of_peer, now);
        self.sources.set(source, of_source, now);
        self.overall.set((), of_all, now);
        Ok(())
    }
}

impl<K: Eq + Hash> Meters<K> {
    fn new(rate: Rate) -> Self {
        Self { rate, used_until: HashMap::new() }
    }

    /// Returns until when a key has used up its rate if it takes one more now; `None` if it may not.
    fn next(&self, key: &K, now: Instant) -> Option<Instant> {
        let each = Duration::from_secs(1).checked_div(self.rate.per_second)?;
        let used_until = self.used_until.get(key).map_or(now, |&until| until.max(now));
        let next = used_until.checked_add(each)?;
        (next.duration_since(now) <= each * self.rate.burst).then_some(next)
    }

    fn exceeded(&self, key: &K, from: String, now: Instant) -> Exceeded {
        let Rate { per_second, burst } = self.rate;
        let reason = ArrivalError::RateExceeded { from, per_second };
        Exceeded { reason, retry_after: self.until_room(key, burst.min(per_second), now) }
    }

    /// Returns how long it takes until a key may take so many at once.
    fn until_room(&self, key: &K, count: u32, now: Instant) -> Duration {
        let Some(each) = Duration::from_secs(1).checked_div(self.rate.per_second) else {
            return NEVER;
        };
        if self.rate.burst == 0 {
            return NEVER;
        }
        let used =
            self.used_until.get(key).map_or(Duration::ZERO, |until| until.duration_since(now));
        (used + each * count).saturating_sub(each * self.rate.burst)
    }

    fn set(&mut self, key: K, until: Instant, now: Instant) {
        if self.used_until.len() >= MAX_KNOWN && !self.used_until.contains_key(&key) {
            self.used_until.retain(|_, until| *until > now);
            if self.used_until.len() >= MAX_KNOWN {
                return;
            }
        }
        self.used_until.insert(key, until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(per_second: u32, burst: u32) -> Rates {
        let rate = Rate { per_second, burst };
        let wide = Rate { per_second: 1_000_000, burst: 1_000_000 };
        Rates::new(&NodeLimits {
            peer_rate: rate,
            source_rate: wide,
            overall_rate: wide,
            ..NodeLimits::default()
        })
    }

    #[test]
    fn a_peer_may_send_a_burst_and_then_its_rate() {
        let (mut rates, peer, start) = (rates(10, 3), PeerId::random(), Instant::now());
        let mut send = |ms| {
            let now = start + Duration::from_millis(ms);
            rates.count(peer, Source::UNKNOWN, now).is_ok()
        };

        assert_eq!([send(0), send(0), send(0), send(0)], [true, true, true, false]);
        assert_eq!([send(100), send(100)], [true, false], "one more every tenth of a second");
        assert_eq!([send(5000), send(5000), send(5000), send(5000)], [true, true, true, false]);
    }

    #[test]
    fn peers_at_one_address_share_its_rate() {
        let tight = Rate { per_second: 1, burst: 2 };
        let mut rates = Rates::new(&NodeLimits { source_rate: tight, ..NodeLimits::default() });
        let now = Instant::now();
        let mut send = || rates.count(PeerId::random(), Source::UNKNOWN, now);

        assert!(send().is_ok() && send().is_ok());
        let exceeded = send().expect_err("the rate is used up");
        assert!(matches!(exceeded.reason, ArrivalError::RateExceeded { per_second: 1, .. }));
    }

    #[test]
    fn who_comes_when_it_was_told_to_finds_room_for_a_second() {
        let (mut rates, peer, start) = (rates(10, 100), PeerId::random(), Instant::now());
        let send = |rates: &mut Rates, now| rates.count(peer, Source::UNKNOWN, now);
        while send(&mut rates, start).is_ok() {}
        let exceeded = send(&mut rates, start).expect_err("the rate is used up");
        assert_eq!(exceeded.retry_after, Duration::from_secs(1));

        let later = start + exceeded.retry_after;

        let taken = (0..20).filter(|_| send(&mut rates, later).is_ok()).count();
        assert_eq!(taken, 10);
    }

    #[test]
    fn a_rate_of_zero_lets_nothing_pass() {
        assert!(rates(0, 5).count(PeerId::random(), Source::UNKNOWN, Instant::now()).is_err());
        assert!(rates(5, 0).count(PeerId::random(), Source::UNKNOWN, Instant::now()).is_err());
    }

    #[test]
    fn invented_peers_take_bounded_memory() {
        let (mut rates, start) = (rates(1, 1), Instant::now());
        for _ in 0..2 * MAX_KNOWN {
            let _ = rates.count(PeerId::random(), Source::UNKNOWN, start);
        }
        assert!(rates.peers.used_until.len() <= MAX_KNOWN);

        // Once those are at rest, newcomers are told apart again.
        let later = start + Duration::from_secs(60);
        let peer = PeerId::random();
        assert!(rates.count(peer, Source::UNKNOWN, later).is_ok());
        assert!(rates.count(peer, Source::UNKNOWN, later).is_err());
    }
}
