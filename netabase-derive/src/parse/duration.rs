//! Durations as people write them: `48h`, `5 minutes`, `1h 30m`.

use std::time::Duration;

use crate::errors::did_you_mean;

const UNITS: [(&[&str], u64); 6] = [
    (&["ms", "millis", "millisecond", "milliseconds"], 1),
    (&["s", "sec", "secs", "second", "seconds"], 1_000),
    (&["m", "min", "mins", "minute", "minutes"], 60_000),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600_000),
    (&["d", "day", "days"], 86_400_000),
    (&["w", "week", "weeks"], 604_800_000),
];

/// Reads numbers with units, which add up. The error says what is wrong and what to do.
pub(crate) fn parse(text: &str) -> Result<Duration, (String, String)> {
    let example =
        || "write a number and a unit: `\"48h\"`, `\"5 minutes\"`, `\"1h 30m\"`".to_owned();
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(("expected a duration".to_owned(), example()));
    }
    let mut millis = 0_u64;
    while !rest.is_empty() {
        let (digits, after) = split_while(rest, |c| c.is_ascii_digit());
        if digits.is_empty() {
            return Err((format!("expected a number before `{rest}`"), example()));
        }
        let (word, after) =
            split_while(after.trim_start(), |c| !c.is_ascii_digit() && !c.is_whitespace());
        if word.is_empty() {
            return Err((format!("`{digits}` has no unit"), example()));
        }
        if word.starts_with(['.', ',']) {
            return Err(("fractions are written in a smaller unit".to_owned(), example()));
        }
        let unit = unit(word)?;
        millis = digits
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(unit)?.checked_add(millis))
            .ok_or_else(|| {
                (
                    "the duration is too long".to_owned(),
                    "leave `ttl` out to keep values until they are removed".to_owned(),
                )
            })?;
        rest = after.trim_start();
    }
    Ok(Duration::from_millis(millis))
}

fn unit(word: &str) -> Result<u64, (String, String)> {
    let known = UNITS.iter().find(|(names, _)| names.contains(&word));
    known.map(|&(_, millis)| millis).ok_or_else(|| {
        let full_names = UNITS.iter().filter_map(|(names, _)| names.last().copied());
        let help = match did_you_mean(word, full_names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "expected one of `s`, `m`, `h`, `d`, `w`, or their full names".to_owned(),
        };
        (format!("unknown unit `{word}`"), help)
    })
}

fn split_while(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}
