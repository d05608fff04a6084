//! A stopwatch, and what to make of its figures.

use std::time::{Duration, Instant};

/// Nanoseconds a call.
pub fn time(ids: &[u64], mut call: impl FnMut(u64)) -> f64 {
    let start = Instant::now();
    for &id in ids {
        call(id);
    }
    nanoseconds(start.elapsed()) / count(ids)
}

/// A time span as a number.
#[must_use]
pub fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// The median of one figure over the rounds.
#[must_use]
pub fn median_of<F>(rounds: &[F], figure: impl Fn(&F) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many ids these are.
#[must_use]
pub fn count(ids: &[u64]) -> f64 {
    to_f64(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}

/// A count or a number of bytes as a figure.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts and bytes here are far below 2^52")]
pub fn to_f64(number: i64) -> f64 {
    number as f64
}
