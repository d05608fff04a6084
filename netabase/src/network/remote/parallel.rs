//! Runs the calls of a batch, some at a time.

use libp2p::futures::{StreamExt, stream::FuturesOrdered};

use crate::network::settings::BATCH_PARALLELISM;

/// Runs some of many futures at a time, and keeps their results in order.
pub(super) struct Parallel<F: Future> {
    running: FuturesOrdered<F>,
    results: Vec<F::Output>,
}

impl<F: Future> Parallel<F> {
    pub(super) fn new() -> Self {
        Self { running: FuturesOrdered::new(), results: Vec::new() }
    }

    /// Starts a future, if need be once another has ended.
    pub(super) async fn start(&mut self, future: F) {
        if self.running.len() >= BATCH_PARALLELISM {
            self.results.extend(self.running.next().await);
        }
        self.running.push_back(future);
    }

    pub(super) async fn finish(mut self) -> Vec<F::Output> {
        while let Some(result) = self.running.next().await {
            self.results.push(result);
        }
        self.results
    }
}
