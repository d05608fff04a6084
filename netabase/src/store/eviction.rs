use std::hint::black_box;

use super::{
    changes::ChangeOrigin, clock::Moment, encoded::Replaced, error::StoreError, inner::Inner,
    source::Source, tracking::Newcomer, usage::Usage,
};

/// How many records one newcomer may drive out: it is no larger than so many of the smallest.
const MAX_EVICTED: usize = 1024;

/// How many go beside a newcomer if foreign records take more than they may, since the limits were lowered.
const EXCESS_WITH_A_WRITE: usize = 64;

impl Inner {
    /// Makes room in the foreign budget for a record of so many bytes: what has expired goes first, then,
    /// of the source that holds most, the farthest.
    ///
    /// # Errors
    ///
    /// [`StoreError::ForeignFull`] if the newcomer itself would be the next to go. No live record is gone then,
    /// unless the limits were lowered, and there is too much without the newcomer.
    pub(super) fn make_foreign_room(
        &mut self,
        (source, distance): (Source, u64),
        bytes: usize,
        old: Option<&Replaced>,
        now: &Moment,
    ) -> Result<(), StoreError> {
        let old = old.filter(|old| !old.state().own);
        let fits = |inner: &Self| {
            let mut held = inner.usages.foreign;
            if let Some(old) = old {
                held.subtract(Usage::one(old.weight));
            }
            held.add(Usage::one(bytes));
            held.records <= inner.limits.max_foreign_records
                && held.bytes <= inner.limits.max_foreign_bytes
        };
        while !fits(self) {
            if self.sweep_lapsed(now, 1).records == 0 {
                return self.evict_for((source, distance), bytes, old);
            }
        }
        Ok(())
    }

    fn evict_for(
        &mut self,
        (source, distance): (Source, u64),
        bytes: usize,
        old: Option<&Replaced>,
    ) -> Result<(), StoreError> {
        let full = StoreError::ForeignFull {
            max_records: self.limits.max_foreign_records,
            max_bytes: self.limits.max_foreign_bytes,
        };
        if self.has_excess() {
            self.evict_excess(EXCESS_WITH_A_WRITE);
            // What the newcomer was to replace may be gone, too.
            if old.is_some() || self.has_excess() {
                return Err(full);
            }
        }
        let replaces = old.and_then(|old| {
            let foreign = self.tracking.foreign(old.slot)?;
            Some((old.slot?, foreign.source, old.weight))
        });
        let newcomer = Newcomer { source, distance, bytes, replaces };
        let weight_of = |slot| self.weight_of_victim(slot);
        let sources = &self.tracking.sources;
        let plan = sources.plan(self.usages.foreign, &newcomer, MAX_EVICTED, weight_of);
        let going = plan.ok_or(full)?;
        self.with_origin(ChangeOrigin::Evicted, |inner| {
            for slot in going {
                inner.drop_slot(slot);
            }
        });
        Ok(())
    }

    /// What a record takes that will most likely go.
    ///
    /// All that its removal will look at was long not touched. Read at once, these places wait for memory
    /// together; the removal itself would wait for one after the other.
    fn weight_of_victim(&self, slot: u32) -> usize {
        black_box((self.table.read_ahead(slot), self.tracking.read_ahead(slot)));
        let stored = self.by_slot(slot);
        black_box(stored.value.first());
        stored.weight()
    }

    /// Whether foreign records take more than they may.
    pub(super) fn has_excess(&self) -> bool {
        self.tracking.sources.next_over_budget(self.usages.foreign).is_some()
    }

    /// Evicts at most `max` records if foreign ones take more than they may, as after the limits were
    /// lowered; says what they took.
    pub(super) fn evict_excess(&mut self, max: usize) -> Usage {
        let next = |inner: &Self| inner.tracking.sources.next_over_budget(inner.usages.foreign);
        self.take_out(max, ChangeOrigin::Evicted, next)
    }
}
