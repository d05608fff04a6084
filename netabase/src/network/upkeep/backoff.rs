//! Remembers which offers reached no peer, and how long each rests before it is made again.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use libp2p::kad::RecordKey;

use crate::network::offers::KeyHash;

/// The pause of an offer that reached no peer before it is made again; twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(15);

/// The spread of that pause, so that nodes which lost the same peers do not all come back at once.
const JITTER: Duration = Duration::from_secs(15);

/// The number of times the pause is doubled: four to eight hours are the longest.
const MAX_DOUBLINGS: u32 = 10;

/// Offers that reached no peer, each with a pause of its own.
///
/// There is one for each own record at most, but for those removed while they rest.
pub(super) struct Backoff {
    first_pause: Duration,
    failed: HashMap<KeyHash, Failed>,
    /// The hashes of keys that rest, by the end of their pauses.
    resting: BTreeSet<(Instant, KeyHash)>,
}

struct Failed {
    key: RecordKey,
    times: u32,
    last: Instant,
    /// None while it is offered again.
    rests_until: Option<Instant>,
}

impl Backoff {
    /// Spreads nodes that begin at the same time: `share` is from 0 to 1.
    pub(super) fn new(share: f64) -> Self {
        let first_pause = FIRST_PAUSE + JITTER.mul_f64(share);
        Self { first_pause, failed: HashMap::new(), resting: BTreeSet::new() }
    }

    /// Returns how many offers rest.
    pub(super) fn len(&self) -> usize {
        self.resting.len()
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.resting.first().is_some_and(|(until, _)| *until <= now)
    }

    /// Takes the next key whose pause is over.
    pub(super) fn next(&mut self, now: Instant) -> Option<RecordKey> {
        if !self.is_due(now) {
            return None;
        }
        let (_, hash) = self.resting.pop_first()?;
        let failed = self.failed.get_mut(&hash)?;
        failed.rests_until = None;
        Some(failed.key.clone())
    }

    /// Notes that a key is offered. If it rested, it was written anew, and earlier failures count no longer.
    pub(super) fn starts(&mut self, hash: &KeyHash) {
        if self.failed.get(hash).is_some_and(|failed| failed.rests_until.is_some()) {
            self.forget(hash);
        }
    }

    /// Notes that the offer of a key reached no peer.
    pub(super) fn add(&mut self, hash: KeyHash, key: RecordKey, now: Instant) {
        let before = self.remove(&hash).map_or(0, |failed| failed.times);
        let until = now + self.first_pause * (1 << before.min(MAX_DOUBLINGS));
        let failed = Failed { key, times: before + 1, last: now, rests_until: Some(until) };
        self.failed.insert(hash, failed);
        self.resting.insert((until, hash));
    }

    /// Forgets a key that need not be offered again.
    pub(super) fn forget(&mut self, hash: &KeyHash) {
        self.remove(hash);
    }

    fn remove(&mut self, hash: &KeyHash) -> Option<Failed> {
        let failed = self.failed.remove(hash)?;
        if let Some(until) = failed.rests_until {
            self.resting.remove(&(until, *hash));
        }
        Some(failed)
    }

    /// Shortens all pauses to the first one: a peer has come that may take what others did not. A peer that comes and
    /// goes has nothing offered more often than that.
    pub(super) fn shorten(&mut self) {
        for (hash, failed) in &mut self.failed {
            let first = failed.last + self.first_pause;
            if let Some(until) = failed.rests_until.as_mut().filter(|until| **until > first) {
                self.resting.remove(&(*until, *hash));
                self.resting.insert((first, *hash));
                *until = first;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: KeyHash = [7; 32];

    fn key() -> RecordKey {
        RecordKey::new(b"/netabase/note/whi\0")
    }

    /// Fails so often, and each time waits for the end of the pause. Returns the pauses, in seconds.
    fn fail(backoff: &mut Backoff, now: &mut Instant, times: usize) -> Vec<u64> {
        let mut pauses = Vec::new();
        for _ in 0..times {
            let start = *now;
            backoff.add(HASH, key(), start);
            while backoff.next(*now).is_none() {
                *now += Duration::from_secs(1);
            }
            backoff.starts(&HASH);
            pauses.push((*now - start).as_secs());
        }
        pauses
    }

    #[test]
    fn each_pause_is_twice_as_long_as_the_one_before_up_to_some_hours() {
        let (mut backoff, mut now) = (Backoff::new(0.0), Instant::now());

        assert_eq!(fail(&mut backoff, &mut now, 4), [15, 30, 60, 120]);
        assert_eq!(fail(&mut backoff, &mut now, 9)[6..], [15_360; 3]);
        assert!(Backoff::new(1.0).first_pause <= FIRST_PAUSE + JITTER);
    }

    #[test]
    fn an_offer_that_reached_a_peer_or_was_written_anew_begins_anew() {
        let (mut backoff, mut now) = (Backoff::new(0.0), Instant::now());
        fail(&mut backoff, &mut now, 3);
        backoff.forget(&HASH);
        assert_eq!(fail(&mut backoff, &mut now, 2), [15, 30]);

        backoff.add(HASH, key(), now);
        backoff.starts(&HASH);
        assert_eq!(backoff.len(), 0);
        assert_eq!(fail(&mut backoff, &mut now, 1), [15]);
    }

    #[test]
    fn a_new_peer_shortens_the_pauses_and_one_that_comes_often_no_more_than_that() {
        let (mut backoff, mut now) = (Backoff::new(0.0), Instant::now());
        fail(&mut backoff, &mut now, 5);
        backoff.add(HASH, key(), now);

        for _ in 0..3 {
            backoff.shorten();
            assert!(!backoff.is_due(now + Duration::from_secs(14)));
            assert!(backoff.is_due(now + Duration::from_secs(15)));
        }
        assert_eq!(backoff.next(now + Duration::from_secs(15)), Some(key()));
        assert_eq!(backoff.len(), 0);
    }
}
