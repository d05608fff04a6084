use std::time::Duration;

use netabase_benches::timing::{median_of, nanoseconds, to_f64};

/// What an operation takes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Costs {
    /// With some of them under way at a time, over all peers.
    pub(super) per_second: f64,
    /// One at a time, in microseconds.
    pub(super) median: f64,
    pub(super) at_95: f64,
}

impl Costs {
    /// Of so many operations that took this long together, and others that took so long one by one.
    pub(super) fn new(count: usize, together: Duration, mut alone: Vec<Duration>) -> Self {
        alone.sort_unstable();
        let at = |percent: usize| {
            let place = (alone.len() * percent).div_ceil(100) - 1;
            nanoseconds(alone[place]) / 1e3
        };
        let count = to_f64(i64::try_from(count).expect("there are some hundreds"));
        Self { per_second: count / together.as_secs_f64(), median: at(50), at_95: at(95) }
    }
}

/// The operations on values of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Operations {
    pub(super) first: Costs,
    pub(super) several: Costs,
    pub(super) publish: Costs,
}

/// Those of one side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// Of signed values; the bare side puts the same bytes.
    pub(super) owned: Operations,
    /// Of values without signatures.
    pub(super) open: Operations,
    /// Bytes live of each peer of an idle network.
    pub(super) memory: f64,
    /// Of each peer then.
    pub(super) connections: f64,
}

impl Figures {
    pub(super) fn median(rounds: &[&Self]) -> Self {
        let operations = |of: fn(&Self) -> &Operations| Operations {
            first: costs(rounds, |figures| &of(figures).first),
            several: costs(rounds, |figures| &of(figures).several),
            publish: costs(rounds, |figures| &of(figures).publish),
        };
        Self {
            owned: operations(|figures| &figures.owned),
            open: operations(|figures| &figures.open),
            memory: median_of(rounds, |figures| figures.memory),
            connections: median_of(rounds, |figures| figures.connections),
        }
    }
}

fn costs(rounds: &[&Figures], of: impl Fn(&Figures) -> &Costs) -> Costs {
    Costs {
        per_second: median_of(rounds, |figures| of(figures).per_second),
        median: median_of(rounds, |figures| of(figures).median),
        at_95: median_of(rounds, |figures| of(figures).at_95),
    }
}
