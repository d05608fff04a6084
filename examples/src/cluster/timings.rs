use std::time::Duration;

use super::error::ClusterError;

/// How long each of many calls took, and which of them failed.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    succeeded: Vec<Duration>,
    failed: Vec<(String, String)>,
}

impl Timings {
    pub(super) fn count(&mut self, key: &str, took: Duration, result: Result<(), String>) {
        match result {
            Ok(()) => self.succeeded.push(took),
            Err(reason) => self.failed.push((key.to_owned(), reason)),
        }
    }

    /// How many calls there were.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.succeeded.len() + self.failed.len()
    }

    /// How many of them succeeded.
    #[must_use]
    pub fn succeeded(&self) -> usize {
        self.succeeded.len()
    }

    /// The time within which so many of a hundred were over, of those that succeeded.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.succeeded.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    /// That all calls succeeded, which were to have something `done` to airports.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Failed`] with the first that did not.
    pub fn all_succeeded(&self, done: &'static str) -> Result<(), ClusterError> {
        let Some((key, reason)) = self.failed.first().cloned() else { return Ok(()) };
        let (failed, asked) = (self.failed.len(), self.asked());
        Err(ClusterError::Failed { done, failed, asked, key, reason })
    }
}
