use std::time::{Duration, Instant};

use netabase_benches::timing::{nanoseconds, to_f64};
use rustix::time::{ClockId, clock_gettime};

/// What something took: the processor time of this process on all its threads, and the time that passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Nanoseconds.
    pub(crate) cpu: f64,
    /// Nanoseconds.
    pub(crate) wall: f64,
}

impl Cost {
    /// What one of so many took.
    pub(crate) fn per(self, count: usize) -> Self {
        let count = to_f64(i64::try_from(count).expect("a count is small"));
        Self { cpu: self.cpu / count, wall: self.wall / count }
    }
}

/// Can be halted, so that what has to be made in between is not counted. Reading the processor's clock takes
/// some 300 ns: halt it every hundred operations at most.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch {
    cpu: Duration,
    wall: Duration,
    started: Option<(Duration, Instant)>,
}

impl Stopwatch {
    pub(crate) fn start(&mut self) {
        self.started = Some((cpu_time(), Instant::now()));
    }

    pub(crate) fn halt(&mut self) {
        if let Some((cpu, wall)) = self.started.take() {
            self.wall += wall.elapsed();
            self.cpu += cpu_time().saturating_sub(cpu);
        }
    }

    pub(crate) fn cost(mut self) -> Cost {
        self.halt();
        Cost { cpu: nanoseconds(self.cpu), wall: nanoseconds(self.wall) }
    }
}

/// What `work` took.
pub(crate) fn timed(work: impl FnOnce()) -> Cost {
    let mut watch = Stopwatch::default();
    watch.start();
    work();
    watch.cost()
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("a process has not run for less than nothing");
    let nanoseconds = u32::try_from(time.tv_nsec).expect("it is less than a second");
    Duration::new(seconds, nanoseconds)
}
