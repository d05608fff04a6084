//! The hybrid logical clock.

use std::fmt;

/// When a value was written: unix milliseconds, and a counter that orders writes within one.
///
/// A hybrid logical clock in 64 bits, 48 of milliseconds above 16 of counter: timestamps compare as
/// numbers, and their big-endian bytes compare alike. Milliseconds last until the year 10889.
///
/// ```
/// use netabase::Timestamp;
///
/// let first = Timestamp::from_millis(1_700_000_000_000);
/// let second = first.next();
///
/// assert!(second > first);
/// assert_eq!(second.millis(), first.millis());
/// assert_eq!(second.counter(), 1);
/// assert_eq!(second.to_string(), "1700000000000+1");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(u64);

const COUNTER_BITS: u32 = 16;
const MAX_MILLIS: u64 = u64::MAX >> COUNTER_BITS;

impl Timestamp {
    /// The first timestamp of a millisecond, counted from the unix epoch.
    ///
    /// Milliseconds beyond 48 bits are taken as the last that fits.
    #[must_use]
    #[inline]
    pub const fn from_millis(millis: u64) -> Self {
        let millis = if millis > MAX_MILLIS { MAX_MILLIS } else { millis };
        Self(millis << COUNTER_BITS)
    }

    /// The timestamp that [`as_u64`](Self::as_u64) made this number of.
    #[must_use]
    #[inline]
    pub const fn from_u64(timestamp: u64) -> Self {
        Self(timestamp)
    }

    /// Milliseconds since the unix epoch.
    #[must_use]
    #[inline]
    pub const fn millis(self) -> u64 {
        self.0 >> COUNTER_BITS
    }

    /// How many timestamps of the same millisecond come before this one.
    #[must_use]
    #[inline]
    pub const fn counter(self) -> u16 {
        let [.., high, low] = self.0.to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// Milliseconds and counter as one number, in the same order as the timestamps.
    #[must_use]
    #[inline]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The next timestamp: a full counter runs over into the next millisecond.
    ///
    /// The last of all is its own next.
    #[must_use]
    #[inline]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Milliseconds, `+`, counter.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.millis(), self.counter())
    }
}
