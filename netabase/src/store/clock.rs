//! What tells a store the time.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;

use crate::schema::Timestamp;

/// One reading of a [`Clock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Never goes back; what `Record.expires` is measured by.
    pub monotonic: Instant,
    /// Milliseconds since 1970, by the wall clock, which may jump.
    pub unix_ms: u64,
}

/// What tells a store the time, so that tests can advance it instead of sleeping.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Now;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock(());

impl SystemClock {
    /// The system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self(())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Now {
        // A clock before 1970 counts as 1970: the last issued timestamp still orders the writes.
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_ms = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        Now { monotonic: Instant::now(), unix_ms }
    }
}

/// A clock that stands still until it is told to move. Clones share one time.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use netabase::{Clock, ManualClock};
///
/// let clock = ManualClock::at_unix_ms(1_000);
/// clock.advance(Duration::from_secs(2));
/// assert_eq!(clock.now().unix_ms, 3_000);
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<Mutex<Now>>,
}

impl ManualClock {
    /// A clock that shows this wall time.
    #[must_use]
    pub fn at_unix_ms(unix_ms: u64) -> Self {
        Self { now: Arc::new(Mutex::new(Now { monotonic: Instant::now(), unix_ms })) }
    }

    /// Lets this much time pass.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock();
        // Beyond the end of time it stands still.
        now.monotonic = now.monotonic.checked_add(by).unwrap_or(now.monotonic);
        now.unix_ms = now.unix_ms.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX));
    }

    /// Sets the wall clock, forwards or back; no time passes.
    pub fn set_unix_ms(&self, unix_ms: u64) {
        self.now.lock().unix_ms = unix_ms;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Now {
        *self.now.lock()
    }
}

/// When a store was made or opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    /// By the monotonic clock.
    pub(super) opened: Instant,
    /// The store's own time then, in milliseconds.
    pub(super) ms: u64,
}

/// One reading of a store's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) now: Now,
    /// The store's own time in milliseconds: by the monotonic clock while it is open, so that setting the wall clock
    /// ends no life. Ends of life are counted in it.
    pub(super) ms: u64,
}

impl Moment {
    pub(super) fn new(now: Now, origin: Origin) -> Self {
        let since = now.monotonic.saturating_duration_since(origin.opened);
        Self { now, ms: origin.ms.saturating_add(millis(since)) }
    }

    pub(super) fn unix_ms(&self) -> u64 {
        self.now.unix_ms
    }

    /// The first timestamp of this millisecond.
    pub(super) fn timestamp(&self) -> Timestamp {
        Timestamp::from_millis(self.now.unix_ms)
    }

    /// The moment that comes so much later, by both clocks.
    pub(super) fn after(&self, time: Duration) -> Self {
        let Now { monotonic, unix_ms } = self.now;
        let now = Now { monotonic, unix_ms: unix_ms.saturating_add(millis(time)) };
        Self { now, ms: self.end_of(time) }
    }

    /// The moment that was so much earlier, by the wall clock and the store's own time.
    pub(super) fn before(&self, time: Duration) -> Self {
        let now = Now { unix_ms: self.now.unix_ms.saturating_sub(millis(time)), ..self.now };
        Self { now, ms: self.ms.saturating_sub(millis(time)) }
    }

    /// When something of this lifetime ends that begins now.
    pub(super) fn end_of(&self, lifetime: Duration) -> u64 {
        self.ms.saturating_add(millis(lifetime))
    }

    /// How long it is until an end of life.
    pub(super) fn until(&self, end: u64) -> Duration {
        Duration::from_millis(end.saturating_sub(self.ms))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
