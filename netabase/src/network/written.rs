//! Remembers which records of others were taken in lately, for peers that were away meanwhile.

use std::{collections::VecDeque, time::Instant};

use libp2p::kad::RecordKey;
use parking_lot::Mutex;

/// The most keys that are remembered: some 3 MB with their bytes.
const MAX_KEYS: usize = 1 << 15;

/// The keys of records that peers sent and that were new here, with the time, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Written(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    keys: VecDeque<(Instant, RecordKey)>,
    /// The time of the last key that was forgotten.
    forgotten: Option<Instant>,
}

impl Written {
    pub(super) fn note(&self, key: &RecordKey, now: Instant) {
        let mut log = self.0.lock();
        if log.keys.len() >= MAX_KEYS {
            log.forgotten = log.keys.pop_front().map(|(time, _)| time);
        }
        log.keys.push_back((now, key.clone()));
    }

    /// Returns the keys that were noted since a moment. `None` if not all of them are remembered.
    pub(super) fn since(&self, moment: Instant) -> Option<Vec<RecordKey>> {
        let log = self.0.lock();
        if log.forgotten.is_some_and(|forgotten| moment <= forgotten) {
            return None;
        }
        let first = log.keys.partition_point(|(time, _)| *time < moment);
        Some(log.keys.range(first..).map(|(_, key)| key.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_noted_since_is_known_unless_some_of_it_was_forgotten() {
        let (written, start) = (Written::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        let key = |number: u64| RecordKey::new(&number.to_be_bytes());
        for number in 0..10 {
            written.note(&key(number), at(number));
        }
        assert_eq!(written.since(at(8)), Some(vec![key(8), key(9)]));
        assert_eq!(written.since(at(10)), Some(Vec::new()));

        for number in 10..MAX_KEYS as u64 + 5 {
            written.note(&key(number), at(number));
        }
        assert_eq!(written.since(at(4)), None);
        assert_eq!(written.since(at(5)).map(|keys| keys.len()), Some(MAX_KEYS));
    }
}
