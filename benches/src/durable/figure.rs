//! What is measured of a store on disk.

use netabase_benches::timing::median_of;

/// One figure. Nanoseconds an operation, bytes a record, or seconds, as the [table](super::table) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    /// Commits that return before they are on disk, all of which fit what may wait.
    Burst,
    /// The same, for longer.
    Sustained,
    Load,
    /// One commit, on disk.
    Synced,
    /// Of one commit here over one of redb that came right after it.
    SyncedRatio,
    /// Many writers, a commit, on disk.
    SyncedByMany,
    /// Closed before.
    OpenClosed,
    /// As a process leaves it that is killed.
    OpenCrashed,
    FileLoaded,
    /// Of all records rewritten ten times and nine of ten removed, a record that is left.
    FileWorn,
    FileCompacted,
    /// What a week's renewals write, a record.
    Renewals,
}

const COUNT: usize = Figure::Renewals as usize + 1;

/// Those that were taken.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures([Option<f64>; COUNT]);

impl Figures {
    pub(super) fn get(&self, figure: Figure) -> Option<f64> {
        self.0[figure as usize]
    }

    pub(super) fn set(&mut self, figure: Figure, value: f64) {
        self.0[figure as usize] = Some(value);
    }

    /// The median of each over the rounds.
    pub(super) fn median(rounds: &[Self]) -> Self {
        Self(std::array::from_fn(|at| {
            let taken: Vec<f64> = rounds.iter().filter_map(|figures| figures.0[at]).collect();
            (!taken.is_empty()).then(|| median_of(&taken, |value| *value))
        }))
    }
}
