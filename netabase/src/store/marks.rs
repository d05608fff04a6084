//! Marks on a budget's utilization, and who is told when one is crossed.

use tokio::sync::watch;

use super::{
    NetabaseStore,
    engine::Usages,
    limits::{Budget, Limits},
};

/// How full a budget is, and on which side of a mark.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Utilization {
    /// How full it was when it crossed the mark, by records or by bytes, whichever is more: 0 to 100.
    pub percentage: f64,
    /// `true` if that is at the mark or above.
    pub is_above: bool,
}

/// Tells when a budget's utilization crosses a mark; see [`NetabaseStore::watch_utilization`].
#[derive(Debug)]
pub struct UtilizationWatch {
    receiver: watch::Receiver<Utilization>,
}

impl UtilizationWatch {
    /// Waits until the mark was crossed since the last call, or since the watch was made. `None` when the
    /// store is gone.
    ///
    /// Cancel-safe. Crossings that were not waited for in time are one: the last counts.
    pub async fn crossed(&mut self) -> Option<Utilization> {
        self.receiver.changed().await.ok()?;
        Some(*self.receiver.borrow_and_update())
    }

    /// The last crossing, or how full the budget was when the watch was made.
    #[must_use]
    pub fn last(&self) -> Utilization {
        *self.receiver.borrow()
    }
}

/// The marks that somebody watches.
#[derive(Default)]
pub(super) struct Marks(Vec<Mark>);

struct Mark {
    budget: Budget,
    percentage: f64,
    is_above: bool,
    sender: watch::Sender<Utilization>,
}

/// A mark that was crossed, and who is to be told.
pub(super) struct Crossed(watch::Sender<Utilization>, Utilization);

impl NetabaseStore {
    /// Tells from now on when the utilization of a budget crosses a mark, in percent, upwards or downwards.
    ///
    /// # Examples
    ///
    /// ```
    /// # use netabase::{Budget, Limits, NetabaseSchema, NetabaseStore};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, NetabaseSchema)]
    /// # struct User { #[netabase(key)] id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let limits = Limits { max_records: 100, ..Limits::default() };
    /// let store = NetabaseStore::builder().limits(limits).build()?;
    /// let mut fuller = store.watch_utilization(Budget::Own, 80.0);
    /// store.database::<User>()?.load((0..90).map(|id| User { id }))?;
    /// assert!(fuller.crossed().await.is_some_and(|now| now.is_above));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn watch_utilization(&self, budget: Budget, percentage: f64) -> UtilizationWatch {
        let mut inner = self.shared.inner.write();
        let now = utilization(budget, inner.engine.usages(), &inner.limits);
        let is_above = now >= percentage;
        let (sender, receiver) = watch::channel(Utilization { percentage: now, is_above });
        inner.marks.0.push(Mark { budget, percentage, is_above, sender });
        UtilizationWatch { receiver }
    }
}

impl Marks {
    /// The marks that are on the other side now. Those that nobody watches any more are forgotten.
    pub(super) fn crossed(&mut self, usages: Usages, limits: &Limits) -> Vec<Crossed> {
        let mut all = Vec::new();
        if self.0.is_empty() {
            return all;
        }
        self.0.retain(|mark| !mark.sender.is_closed());
        for mark in &mut self.0 {
            let percentage = utilization(mark.budget, usages, limits);
            let is_above = percentage >= mark.percentage;
            if is_above != mark.is_above {
                mark.is_above = is_above;
                let now = Utilization { percentage, is_above };
                all.push(Crossed(mark.sender.clone(), now));
            }
        }
        all
    }
}

impl Crossed {
    /// Wakes who waits, so never under the lock.
    pub(super) fn tell(self) {
        // Whoever watched may have gone meanwhile.
        let _ = self.0.send(self.1);
    }
}

fn utilization(budget: Budget, usages: Usages, limits: &Limits) -> f64 {
    let used = match budget {
        Budget::Own => usages.own,
        Budget::Foreign => usages.foreign,
    };
    used.percentage_of(limits.of(budget))
}
