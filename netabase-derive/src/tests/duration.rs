//! Durations are read as people write them.

use std::time::Duration;

use crate::parse::duration::parse;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

#[test]
fn durations_are_read_as_people_write_them() {
    for (text, seconds) in [
        ("1s", 1),
        ("90 sec", 90),
        ("5 minutes", 5 * MINUTE),
        ("1 minute", MINUTE),
        ("48h", 48 * HOUR),
        ("1h 30m", HOUR + 30 * MINUTE),
        ("1h30m", HOUR + 30 * MINUTE),
        (" 7d ", 7 * DAY),
        ("2 weeks", 14 * DAY),
        ("1000ms", 1),
        ("0s", 0),
    ] {
        assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
}

#[test]
fn the_nearest_unit_is_suggested() {
    for (text, near) in [("5 minits", "minutes"), ("2 dais", "days"), ("1 huor", "hours")] {
        let (_, help) = parse(text).expect_err(text);
        assert_eq!(help, format!("did you mean `{near}`?"), "{text}");
    }
}

#[test]
fn a_sum_that_overflows_is_an_error() {
    for text in ["18446744073709551616s", "18446744073709551615s", "18446744073709551615ms 1ms"] {
        assert!(parse(text).is_err(), "{text}");
    }
}
