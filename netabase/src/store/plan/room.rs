//! Room in the two budgets: what has expired goes first, then foreign rows are evicted. Own ones never are.

use super::Plan;
use crate::store::{
    engine::{Attribution, ChangeOrigin, Newcomer, Previous, SlotSet},
    error::StoreError,
    usage::Usage,
};

/// How many rows one newcomer may drive out: it is no larger than so many of the smallest.
const MAX_EVICTED: usize = 1024;

/// Returns what own rows take once a row of so many bytes has replaced another.
pub(in crate::store) fn replacing(mut own: Usage, old: Option<&Previous>, bytes: usize) -> Usage {
    if let Some(old) = old.filter(|old| old.state().own) {
        own.subtract(Usage::one(old.weight));
    }
    own.add(Usage::one(bytes));
    own
}

impl Plan<'_> {
    /// Plans that at most `max` rows go that have expired; says what they take.
    pub(in crate::store) fn expire(&mut self, max: usize) -> Usage {
        let mut expired = Usage::default();
        while expired.records < max
            && let Some(one) = self.expire_next()
        {
            expired.add(one);
        }
        expired
    }

    fn expire_next(&mut self) -> Option<Usage> {
        if self.expired.is_none() {
            if !self.engine().has_expired(self.now) {
                return None;
            }
            self.expired = Some(Box::new(self.engine().expired(self.now)));
        }
        loop {
            let slot = self.expired.as_mut()?.next()?;
            let expired = self.drop_slot(slot, ChangeOrigin::Expired);
            if expired.records > 0 {
                return Some(expired);
            }
        }
    }

    /// Plans as [`expire_next`](Self::expire_next), of foreign rows and tombstones alone.
    fn expire_next_lapsed(&mut self) -> bool {
        if self.lapsed.is_none() {
            if !self.engine().has_expired(self.now) {
                return false;
            }
            self.lapsed = Some(Box::new(self.engine().lapsed(self.now)));
        }
        while let Some(slot) = self.lapsed.as_mut().and_then(Iterator::next) {
            if self.drop_slot(slot, ChangeOrigin::Expired).records > 0 {
                return true;
            }
        }
        false
    }

    /// Checks that the own budget has room for what `after` makes of what own rows take; what has expired goes if
    /// there is none. A write that makes a full store no fuller may pass.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`], [`StoreError::FullOfBytes`].
    pub(in crate::store) fn make_own_room(
        &mut self,
        after: impl Fn(Usage) -> Usage,
    ) -> Result<(), StoreError> {
        loop {
            let before = self.usages.own;
            match self.check_own_room(before, after(before)) {
                Err(_) if self.expire_next().is_some() => {}
                result => return result,
            }
        }
    }

    fn check_own_room(&self, before: Usage, after: Usage) -> Result<(), StoreError> {
        let limits = &self.inner.limits;
        let (max_records, max_bytes) = (limits.max_records, limits.max_bytes);
        if after.records > max_records && after.records > before.records {
            return Err(StoreError::Full { max_records });
        }
        if after.bytes > max_bytes && after.bytes > before.bytes {
            let needed = after.bytes - before.bytes;
            return Err(StoreError::FullOfBytes { needed, max_bytes });
        }
        Ok(())
    }

    /// Makes room in the foreign budget for a row of so many bytes: what has expired goes first, then, of the source
    /// that holds most, the farthest.
    ///
    /// # Errors
    ///
    /// [`StoreError::ForeignFull`] if the newcomer itself would be the next to go.
    pub(in crate::store) fn make_foreign_room(
        &mut self,
        attribution: &Attribution,
        bytes: usize,
        previous: Option<&Previous>,
    ) -> Result<(), StoreError> {
        let previous = previous.filter(|previous| !previous.state().own);
        while !self.has_foreign_room(bytes, previous) {
            if !self.expire_next_lapsed() {
                return self.evict_for(attribution, bytes, previous);
            }
        }
        Ok(())
    }

    fn has_foreign_room(&self, bytes: usize, previous: Option<&Previous>) -> bool {
        let mut held = self.usages.foreign;
        if let Some(previous) = previous {
            held.subtract(Usage::one(previous.weight));
        }
        held.add(Usage::one(bytes));
        let limits = &self.inner.limits;
        held.records <= limits.max_foreign_records && held.bytes <= limits.max_foreign_bytes
    }

    fn evict_for(
        &mut self,
        attribution: &Attribution,
        bytes: usize,
        previous: Option<&Previous>,
    ) -> Result<(), StoreError> {
        let newcomer = Newcomer {
            source: attribution.source,
            distance: attribution.distance,
            bytes,
            replaces: previous.and_then(|previous| Some((previous.slot()?, previous.weight))),
        };
        let victims = self.engine().victims(&newcomer, MAX_EVICTED, &self.gone);
        let victims = victims.ok_or(StoreError::ForeignFull {
            max_records: self.inner.limits.max_foreign_records,
            max_bytes: self.inner.limits.max_foreign_bytes,
        })?;
        for slot in victims {
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
