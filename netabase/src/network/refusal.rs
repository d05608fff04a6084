//! Says on the wire why a record was refused, and when to come again.

use std::{fmt::Write, time::Duration};

use crate::store::RefusalReason;

/// The value of an answer that refuses a record. Nodes before reasons were told send it alone.
const REFUSED: &[u8] = b"refused";

/// The longest pause that a peer can ask for.
const MAX_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The longest code of a reason, in bytes.
const MAX_CODE: usize = 32;

/// A refusal as its receiver understands it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: Reason,
    /// The time after which the peer may take the same record.
    pub(super) retry_after: Option<Duration>,
}

/// The kind of a refusal, as far as the sender acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The peer takes no more records now, whichever they are.
    Rate,
    /// The peer has a newer value.
    Outdated,
    /// The peer refuses this record, or all of its schema.
    Record,
}

impl Refusal {
    /// Reads the value of an answer. `None` if it refuses nothing.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let rest = value.strip_prefix(REFUSED)?;
        if rest.is_empty() {
            return Some(Self { reason: Reason::Record, retry_after: None });
        }
        let mut parts = rest.strip_prefix(b":")?.splitn(2, |byte| *byte == b':');
        let code = parts.next()?;
        let is_code = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-');
        if code.is_empty() || code.len() > MAX_CODE || !code.iter().all(is_code) {
            return None;
        }
        let retry_after = match parts.next() {
            Some(digits) => Some(pause(digits)?),
            None => None,
        };
        let reason = match code {
            b"rate" | b"busy" => Reason::Rate,
            b"outdated" => Reason::Outdated,
            _ => Reason::Record,
        };
        Some(Self { reason, retry_after })
    }
}

/// Reads milliseconds: digits alone, at most ten.
fn pause(digits: &[u8]) -> Option<Duration> {
    let is_number = (1..=10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_number)?;
    Some(Duration::from_millis(digits.parse().ok()?).min(MAX_PAUSE))
}

/// Returns the value that refuses a record for a reason.
pub(super) fn encode(reason: RefusalReason, retry_after: Option<Duration>) -> Vec<u8> {
    let mut text = format!("refused:{}", reason.code());
    if let Some(pause) = retry_after {
        // Rounded up: what comes just before the time is refused again.
        let ms = pause.min(MAX_PAUSE).as_nanos().div_ceil(1_000_000);
        write!(text, ":{ms}").expect("writing to a string cannot fail");
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_these_bytes() {
        let pause = Duration::from_micros(1_499_001);
        assert_eq!(encode(RefusalReason::Rate, Some(pause)), b"refused:rate:1500");
        assert_eq!(encode(RefusalReason::Outdated, None), b"refused:outdated");
        assert_eq!(encode(RefusalReason::UnknownSchema, None), b"refused:unknown-schema");
    }

    #[test]
    fn every_reason_can_be_read() {
        for reason in RefusalReason::ALL {
            let read = Refusal::parse(&encode(*reason, None)).map(|refusal| refusal.reason);
            let expected = match reason {
                RefusalReason::Rate | RefusalReason::Busy => Reason::Rate,
                RefusalReason::Outdated => Reason::Outdated,
                _ => Reason::Record,
            };
            assert_eq!(read, Some(expected), "{reason}");
        }
    }

    #[test]
    fn a_refusal_is_read_with_its_reason_and_pause_and_without_either() {
        let read = |value: &[u8]| Refusal::parse(value).map(|it| (it.reason, it.retry_after));
        let ms = |ms| Some(Duration::from_millis(ms));

        assert_eq!(read(b"refused"), Some((Reason::Record, None)));
        assert_eq!(read(b"refused:rate:1500"), Some((Reason::Rate, ms(1500))));
        assert_eq!(read(b"refused:busy:0"), Some((Reason::Rate, ms(0))));
        assert_eq!(read(b"refused:outdated"), Some((Reason::Outdated, None)));
        assert_eq!(read(b"refused:from-later:7"), Some((Reason::Record, ms(7))));
        assert_eq!(read(b"refused:rate:9999999999"), Some((Reason::Rate, Some(MAX_PAUSE))));
    }

    #[test]
    fn what_is_not_laid_out_so_is_no_refusal() {
        for value in [
            &b""[..],
            b"refuse",
            b"refused:",
            b"refusedrate",
            b"refused:Rate",
            b"refused:rate:",
            b"refused:rate:1s",
            b"refused:rate:+1",
            b"refused:rate:12345678901",
            b"refused:rate:1:2",
            b"refused:a-code-that-is-longer-than-any-is",
        ] {
            assert_eq!(Refusal::parse(value), None, "{value:?}");
        }
    }
}
