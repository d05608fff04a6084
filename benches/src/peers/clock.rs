use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use netabase::{Clock, Now, SystemClock};

/// The system's clock, which can be set forward: to end lives, without making writes cheaper than they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead {
    system: SystemClock,
    seconds: Arc<AtomicU64>,
}

impl Ahead {
    pub(crate) fn advance(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Now {
        let Now { monotonic, unix_ms } = self.system.now();
        let seconds = self.seconds.load(Ordering::Relaxed);
        let monotonic = monotonic + Duration::from_secs(seconds);
        Now { monotonic, unix_ms: unix_ms + seconds * 1000 }
    }
}
