//! Room in the two budgets: what has expired goes first, then foreign rows are evicted. Own ones never are.

#[cfg(test)]
mod tests;

use super::Plan;
use crate::store::{
    engine::{Attribution, ChangeOrigin, Newcomer, Previous, SlotSet},
    error::{ArrivalError, OutOfRoom},
    limits::Budget,
    usage::Usage,
};

/// How many rows one newcomer may drive out: it is no larger than so many of the smallest.
const MAX_EVICTED: usize = 1024;

/// How many rows that have expired one plan takes out to make room, beside one for each row that is added: the lock
/// is held meanwhile, and if they do not suffice it was for nothing.
pub(in crate::store) const MAX_EXPIRED: usize = 256;

/// Returns what own rows take once a row of so many bytes has replaced another.
pub(in crate::store) fn replacing(mut own: Usage, old: Option<&Previous>, bytes: usize) -> Usage {
    if let Some(old) = old.filter(|old| old.state().own) {
        own.subtract(Usage::one(old.weight));
    }
    own.add(Usage::one(bytes));
    own
}

impl Plan<'_> {
    /// Plans that at most `max` rows go that have expired, of one budget or of both; says what they take.
    pub(in crate::store) fn expire(&mut self, max: usize, of: Option<Budget>) -> Usage {
        let mut expired = Usage::default();
        while expired.records < max
            && let Some(one) = self.expire_next(of)
        {
            expired.add(one);
        }
        expired
    }

    #[inline]
    fn expire_next(&mut self, of: Option<Budget>) -> Option<Usage> {
        // Most plans meet none, and need no memory for them.
        if self.expired.is_none() && !self.engine().has_expired(self.now, of) {
            return None;
        }
        self.expire_met(of)
    }

    fn expire_met(&mut self, of: Option<Budget>) -> Option<Usage> {
        let place = match of {
            None => 0,
            Some(Budget::Own) => 1,
            Some(Budget::Foreign) => 2,
        };
        let (engine, now) = (self.engine(), self.now);
        loop {
            let slots = &mut self.expired.get_or_insert_default()[place];
            let slots = slots.get_or_insert_with(|| Box::new(engine.expired(now, of)));
            let slot = slots.next()?;
            let expired = self.drop_slot(slot, ChangeOrigin::Expired);
            if expired.records > 0 {
                return Some(expired);
            }
        }
    }

    /// Plans that one more row goes that has expired, to make room; none if `max` have gone for that.
    fn expire_for_room(&mut self, of: Budget, max: usize) -> Option<Usage> {
        if self.expired_for_room >= max {
            return None;
        }
        let expired = self.expire_next(Some(of))?;
        self.expired_for_room += 1;
        Some(expired)
    }

    /// Checks that the own budget has room for what `after` makes of what own rows take; own rows that have expired go
    /// if there is none, a bounded number of them. A write that makes a full store no fuller may pass.
    ///
    /// # Errors
    ///
    /// [`OutOfRoom`].
    pub(in crate::store) fn make_own_room(
        &mut self,
        after: impl FnOnce(Usage) -> Usage,
    ) -> Result<(), OutOfRoom> {
        let mut before = self.usages.own;
        let mut after = after(before);
        let max = MAX_EXPIRED + after.records.saturating_sub(before.records);
        loop {
            let Err(refused) = self.check_own_room(before, after) else { return Ok(()) };
            let expired = self.expire_for_room(Budget::Own, max).ok_or(refused)?;
            before.subtract(expired);
            after.subtract(expired);
        }
    }

    fn check_own_room(&self, before: Usage, after: Usage) -> Result<(), OutOfRoom> {
        let limits = &self.inner.limits;
        let (max_records, max_bytes) = (limits.max_records, limits.max_bytes);
        if after.records > max_records && after.records > before.records {
            return Err(OutOfRoom::Records { max_records });
        }
        if after.bytes > max_bytes && after.bytes > before.bytes {
            let needed = after.bytes - before.bytes;
            return Err(OutOfRoom::Bytes { needed, max_bytes });
        }
        Ok(())
    }

    /// Makes room in the foreign budget for a row of so many bytes: what has expired goes first, then, of the source
    /// that holds most, the farthest.
    ///
    /// # Errors
    ///
    /// [`ArrivalError::ForeignFull`] if the newcomer itself would be the next to go. Nothing is looked for, and so the
    /// same, if foreign rows take more than they may even without it, or if too much has expired for one plan: the
    /// store is to be [relieved](crate::store::NetabaseStore::relieve) first.
    pub(in crate::store) fn make_foreign_room(
        &mut self,
        attribution: &Attribution,
        bytes: usize,
        previous: Option<&Previous>,
    ) -> Result<(), ArrivalError> {
        let previous = previous.filter(|previous| !previous.state().own);
        while !self.has_foreign_room(bytes, previous) {
            if self.engine().is_over_budget() || self.expired_for_room >= MAX_EXPIRED {
                return Err(self.foreign_full());
            }
            if self.expire_for_room(Budget::Foreign, MAX_EXPIRED).is_none() {
                return self.evict_for(attribution, bytes, previous);
            }
        }
        Ok(())
    }

    fn foreign_full(&self) -> ArrivalError {
        let Usage { records: max_records, bytes: max_bytes } =
            self.inner.limits.of(Budget::Foreign);
        ArrivalError::ForeignFull { max_records, max_bytes }
    }

    fn has_foreign_room(&self, bytes: usize, previous: Option<&Previous>) -> bool {
        let mut held = self.usages.foreign;
        if let Some(previous) = previous {
            held.subtract(Usage::one(previous.weight));
        }
        held.add(Usage::one(bytes));
        let max = self.inner.limits.of(Budget::Foreign);
        held.records <= max.records && held.bytes <= max.bytes
    }

    fn evict_for(
        &mut self,
        attribution: &Attribution,
        bytes: usize,
        previous: Option<&Previous>,
    ) -> Result<(), ArrivalError> {
        let newcomer = Newcomer {
            source: attribution.source,
            distance: attribution.distance,
            bytes,
            replaces: previous.and_then(|previous| Some((previous.slot()?, previous.weight))),
        };
        let victims = self.engine().victims(&newcomer, MAX_EVICTED, &self.gone);
        for slot in victims.ok_or_else(|| self.foreign_full())? {
            self.drop_slot(slot, ChangeOrigin::Evicted);
        }
        Ok(())
    }

    /// Plans that at most `max` rows are evicted if foreign ones take more than they may, as after the limits were
    /// lowered; says what they take.
    pub(in crate::store) fn evict_excess(&mut self, max: usize) -> Usage {
        let mut evicted = Usage::default();
        for slot in self.engine().excess(max, &self.gone) {
            evicted.add(self.drop_slot(slot, ChangeOrigin::Evicted));
        }
        evicted
    }

    /// Returns the slots of the rows that go to make room.
    pub(in crate::store) fn gone(&self) -> &SlotSet {
        &self.gone
    }
}
