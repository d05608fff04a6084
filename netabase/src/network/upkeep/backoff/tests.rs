//! Lets offers fail, and looks at their pauses.

use super::*;

fn key(number: u8) -> (KeyHash, RecordKey) {
    let key = [b"/netabase/note/w".as_slice(), &[number]].concat();
    ([number; 32], RecordKey::from(key))
}

fn refuse(backoff: &mut Backoff, number: u8, now: Instant) {
    let (hash, key) = key(number);
    backoff.add(None, (hash, &key), Failure::Refused, now);
}

/// Waits for the end of each pause, and lets what is tried fail. Returns the pauses, in seconds.
fn fail(backoff: &mut Backoff, now: &mut Instant, times: usize) -> Vec<u64> {
    let mut pauses = Vec::new();
    for _ in 0..times {
        let start = *now;
        let (lane, hash, key) = loop {
            match backoff.next(*now) {
                Some(tried) => break tried,
                None => *now += Duration::from_secs(1),
            }
        };
        assert_eq!(backoff.next(*now), None, "one is tried for all");
        backoff.tried(&lane, (hash, &key), Some(Failure::Refused), *now);
        pauses.push((*now - start).as_secs());
    }
    pauses
}

#[test]
fn each_pause_is_twice_as_long_as_the_one_before_up_to_some_hours() {
    let (mut backoff, mut now) = (Backoff::new(0.0), Instant::now());
    for number in 0..100 {
        refuse(&mut backoff, number, now);
    }

    assert_eq!(fail(&mut backoff, &mut now, 4), [15, 30, 60, 120]);
    assert_eq!(fail(&mut backoff, &mut now, 9)[6..], [15_360; 3]);
    assert_eq!(backoff.len(), 100);
    assert!(Backoff::new(1.0).first_pause <= FIRST_PAUSE + JITTER);
}

#[test]
fn once_one_is_taken_all_of_its_schema_are_offered() {
    let (mut backoff, mut now) = (Backoff::new(0.0), Instant::now());
    for number in 0..3 {
        refuse(&mut backoff, number, now);
    }
    fail(&mut backoff, &mut now, 2);
    now += Duration::from_secs(60);
    let (lane, hash, key) = backoff.next(now).expect("the pause is over");

    backoff.tried(&lane, (hash, &key), None, now);

    assert!(backoff.is_due(now));
    let released = std::iter::from_fn(|| backoff.release());
    assert_eq!(released.count(), 2);
    assert!(!backoff.is_due(now) && backoff.lanes.is_empty());
}

#[test]
fn a_new_peer_shortens_the_pauses_and_one_that_comes_often_no_more_than_that() {
    let (mut backoff, mut now) = (Backoff::new(0.0), Instant::now());
    refuse(&mut backoff, 1, now);
    fail(&mut backoff, &mut now, 5);

    for _ in 0..3 {
        backoff.shorten();
        assert!(!backoff.is_due(now + Duration::from_secs(14)));
        assert!(backoff.is_due(now + Duration::from_secs(15)));
    }
}

#[test]
fn what_found_no_peer_is_tried_as_soon_as_there_is_one() {
    let (mut backoff, now) = (Backoff::new(0.0), Instant::now());
    let (hash, key) = key(1);
    backoff.add(None, (hash, &key), Failure::Unreachable, now);
    backoff.shorten();
    assert!(backoff.is_due(now + SHORTEST_PAUSE));
    backoff.forget(&hash, &key);
    assert!(backoff.lanes.is_empty());
}

#[test]
fn what_one_peer_refuses_is_counted_apart_and_forgotten_with_it() {
    let (mut backoff, now, peer) = (Backoff::new(0.0), Instant::now(), PeerId::random());
    let (hash, key) = key(1);
    backoff.add(Some(peer), (hash, &key), Failure::Refused, now);
    assert_eq!((backoff.len(), backoff.refused()), (0, 1));
    backoff.forget_peer(&peer);
    assert_eq!((backoff.len(), backoff.refused()), (0, 0));
}
