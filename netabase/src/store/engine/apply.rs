//! The one way the engine changes.

#[cfg(test)]
mod fault;

#[cfg(test)]
mod tests;

use libp2p::kad::RecordKey;

use super::{
    Engine, Previous, Row, RowChange, SchemaId, Transition, meta::RecordMeta, order::Section,
    row::Volatile, tracking::TrackedMeta,
};
use crate::{record::split_schema, store::usage::Usage};

/// A write panicked half-way, through a fault of this crate, and left parts that may contradict each other. What is there
/// can be read; nothing is written any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the store is damaged: a write panicked half-way; nothing is written any more, open a new store"
)]
#[non_exhaustive]
pub struct Damaged;

impl Engine {
    /// Refuses if an earlier transition ended half-way.
    pub(in crate::store) fn check(&self) -> Result<(), Damaged> {
        if self.is_damaged { Err(Damaged) } else { Ok(()) }
    }

    /// Begins a transition from this state, whose changes are kept in an empty list that was there before.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if an earlier one ended half-way.
    #[inline]
    pub(in crate::store) fn begin(&self, changes: Vec<RowChange>) -> Result<Transition, Damaged> {
        self.check()?;
        Ok(Transition { changes, clock: self.clock, from: self.version })
    }

    /// Does what was planned from this very state. It takes the rows out of the transition, so that none is copied.
    ///
    /// If it panics, the engine is damaged, and none is applied any more.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if an earlier one ended half-way. Nothing is changed then.
    pub(in crate::store) fn apply(&mut self, transition: &mut Transition) -> Result<(), Damaged> {
        let Transition { changes, clock, from } = transition;
        self.check()?;
        assert_eq!(*from, self.version, "a transition is applied to the state it was planned from");
        let is_change = !changes.is_empty() || *clock != self.clock;
        self.is_damaged = true;
        for change in changes {
            self.apply_one(change);
        }
        self.clock = *clock;
        self.version += u64::from(is_change);
        self.is_damaged = false;
        Ok(())
    }

    fn apply_one(&mut self, change: &mut RowChange) {
        let (schema, key) = (change.schema, &change.key);
        let (row, previous) = (change.row.take(), change.previous.as_ref());
        let (visible, entries) = match &row {
            Some(row) if row.is_visible() => (true, row.entries()),
            _ => (false, &[][..]),
        };
        self.reindex(schema, key, previous, entries);
        self.count(schema, key, previous, visible);
        self.weigh(schema, previous, row.as_ref().map(|row| (row.meta(), row.weight(key))));
        match (row, previous) {
            (Some(row), _) => self.store(schema, key, row, previous),
            (None, Some(previous)) => self.remove(schema, key, previous),
            (None, None) => {}
        }
    }

    fn store(&mut self, schema: SchemaId, key: &RecordKey, row: Row, previous: Option<&Previous>) {
        let volatile = self.track(schema, key, &row, previous);
        let section = Section::of(row.meta(), row.is_visible(), volatile);
        let before = previous.map(Section::of_previous);
        step();
        if before != Some(section) {
            if let Some(before) = before {
                self.order.remove(key.as_ref(), before);
            }
            self.order.insert(key.as_ref(), section);
        }
        step();
        self.records.insert(key.into(), row, volatile, previous.is_some());
        step();
    }

    fn remove(&mut self, schema: SchemaId, key: &RecordKey, previous: &Previous) {
        if let Some(slot) = previous.volatile.slot {
            let meta = self.tracked_meta(schema, previous);
            self.tracking.remove(slot, &meta);
        }
        step();
        self.order.remove(key.as_ref(), Section::of_previous(previous));
        step();
        self.records.remove(key.into());
        step();
    }

    fn reindex(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        previous: Option<&Previous>,
        new: &[u8],
    ) {
        let old = previous.map_or(&[][..], |previous| previous.entries.as_slice());
        let rest = split_schema(key.as_ref()).1;
        self.catalogue.get_mut(schema).indexes.replace(rest, old, new);
        step();
    }

    fn count(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        previous: Option<&Previous>,
        visible: bool,
    ) {
        let was_visible = previous.is_some_and(|previous| previous.visible);
        if was_visible != visible {
            let rest = split_schema(key.as_ref()).1;
            self.catalogue.get_mut(schema).count_visible(rest, was_visible, visible);
        }
        step();
    }

    /// Moves a row's weight, and whose it is, from what it was to what it will be. What is opaque is no schema's.
    fn weigh(
        &mut self,
        schema: SchemaId,
        previous: Option<&Previous>,
        new: Option<(RecordMeta, usize)>,
    ) {
        let of_schema = &mut self.catalogue.get_mut(schema).usages;
        for (usages, with_opaque) in [(&mut self.usages, true), (of_schema, false)] {
            let counts = |meta: RecordMeta| with_opaque || !meta.opaque;
            if let Some(old) = previous.filter(|previous| counts(previous.meta)) {
                usages.of(old.state().own).subtract(Usage::one(old.weight));
            }
            if let Some((meta, weight)) = new.filter(|(meta, _)| counts(*meta)) {
                usages.of(meta.state.own).add(Usage::one(weight));
            }
        }
        step();
    }

    /// Keeps the indexes by time, publisher and source, and gives the slot the row has now, if it needs one.
    fn track(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        row: &Row,
        previous: Option<&Previous>,
    ) -> Volatile {
        let new = row.is_tracked().then(|| TrackedMeta {
            schema,
            meta: row.meta(),
            header: row.header(),
            weight: row.weight(key),
            foreign: row.attribution().map(|attribution| self.tracking.place(attribution)),
        });
        let old =
            previous.and_then(|old| Some((old.volatile.slot?, self.tracked_meta(schema, old))));
        let slot = match (old, new) {
            (None, None) => None,
            (None, Some(new)) => Some(self.tracking.insert(key.clone(), &new)),
            (Some((slot, old)), Some(new)) => {
                self.tracking.replace(slot, &old, &new);
                Some(slot)
            }
            (Some((slot, old)), None) => {
                self.tracking.remove(slot, &old);
                None
            }
        };
        Volatile { slot }
    }

    fn tracked_meta(&self, schema: SchemaId, previous: &Previous) -> TrackedMeta {
        TrackedMeta {
            schema,
            meta: previous.meta,
            header: previous.header,
            weight: previous.weight,
            foreign: self.tracking.foreign(previous.volatile.slot),
        }
    }
}

impl Section {
    fn of(meta: RecordMeta, shown: bool, volatile: Volatile) -> Self {
        match meta {
            RecordMeta { state, .. } if state.own => Self::Own { shown },
            RecordMeta { opaque: true, .. } => Self::Opaque,
            _ => {
                let slot = volatile.slot.expect("a foreign row has a slot");
                Self::Foreign { shown, slot }
            }
        }
    }

    fn of_previous(previous: &Previous) -> Self {
        Self::of(previous.meta, previous.visible, previous.volatile)
    }
}

/// Marks the end of a step, at which tests can inject a panic.
fn step() {
    #[cfg(test)]
    fault::step();
}
