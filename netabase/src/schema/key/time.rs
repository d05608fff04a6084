//! Time: seconds, then nanoseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

const NANOS_PER_SEC: u32 = 1_000_000_000;

impl NetabaseSchemaKey for Duration {
    #[inline]
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        self.as_secs().encode_key(out);
        self.subsec_nanos().encode_key(out);
    }

    #[inline]
    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        let seconds = u64::decode_key(input)?;
        // Fewer than a second: `new` carries nothing over, so it cannot overflow.
        Ok(Self::new(seconds, nanos(input)?))
    }
}

impl NetabaseSchemaKey for SystemTime {
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        match since_epoch(*self) {
            Some((seconds, nanos)) => {
                seconds.encode_key(out);
                nanos.encode_key(out);
            }
            None => out.fail(KeyError::TimeOutOfRange),
        }
    }

    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        let seconds = i64::decode_key(input)?;
        let nanos = nanos(input)?;
        at_epoch(seconds, nanos)
            // A coarse platform clock rounds: then other bytes would stand for the same time.
            .filter(|time| since_epoch(*time) == Some((seconds, nanos)))
            .ok_or(KeyError::TimeOutOfRange)
    }
}

fn nanos(input: &mut KeyReader<'_>) -> Result<u32, KeyError> {
    let nanos = u32::decode_key(input)?;
    if nanos < NANOS_PER_SEC { Ok(nanos) } else { Err(KeyError::InvalidNanos { nanos }) }
}

/// Unix seconds, floored, and the nanoseconds above them.
fn since_epoch(time: SystemTime) -> Option<(i64, u32)> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => Some((after.as_secs().try_into().ok()?, after.subsec_nanos())),
        Err(error) => {
            let before = error.duration();
            let seconds = 0_i64.checked_sub_unsigned(before.as_secs())?;
            match before.subsec_nanos() {
                0 => Some((seconds, 0)),
                nanos => Some((seconds.checked_sub(1)?, NANOS_PER_SEC - nanos)),
            }
        }
    }
}

fn at_epoch(seconds: i64, nanos: u32) -> Option<SystemTime> {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let second =
        if seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
    second?.checked_add(Duration::from_nanos(nanos.into()))
}
