//! Which foreign rows have to go for a newcomer, or since there is too much. Nothing goes here.

mod changed;

use std::{
    collections::btree_set,
    iter::{Peekable, Rev},
};

use smallvec::SmallVec;

use self::changed::{Changed, ChangedSources};
use super::{Newcomer, Share, SourceId, Sources};
use crate::store::{engine::slots::SlotSet, usage::Usage};

/// The slots of the rows that have to go.
pub(in crate::store) type Victims = SmallVec<[u32; 4]>;

/// Rows that go anyway, and what tells the source of each, if it is foreign.
pub(in crate::store::engine) type Gone<'a> = (&'a SlotSet, &'a dyn Fn(u32) -> Option<SourceId>);

impl Sources {
    /// Returns the slots of the rows that have to go, so that a newcomer fits beside `held`, which all foreign
    /// rows take now. None if the newcomer would be the next to go, or more than `max` would have to.
    ///
    /// As long as there is too much, the source that holds most gives up its farthest row. Rows in `gone` go anyway.
    pub(in crate::store::engine) fn victims(
        &self,
        held: Usage,
        newcomer: &Newcomer,
        max: usize,
        gone: Gone<'_>,
        weight_of: impl Fn(u32) -> usize,
    ) -> Option<Victims> {
        // Nothing could make room for what is larger than the budget.
        if !self.budget.holds(Usage::one(newcomer.bytes)) {
            return None;
        }
        let own_source = self.by_source.get(&newcomer.source).copied();
        let mut plan = Plan::new(self, held, gone, &weight_of);
        if let Some((slot, bytes)) = newcomer.replaces
            && let Some(source) = (gone.1)(slot)
        {
            plan.leave(source, bytes);
            plan.replaced = Some(slot);
        }
        plan.take_in(own_source, newcomer.bytes);
        while !self.budget.holds(plan.held) {
            let heaviest = plan.heaviest();
            let farthest = heaviest.and_then(|source| plan.farthest(source));
            let next = farthest
                .filter(|(distance, _)| heaviest != own_source || *distance > newcomer.distance);
            let (source, record) = heaviest.zip(next)?;
            plan.give_up(source, record, weight_of(record.1));
            if plan.victims.len() > max {
                return None;
            }
        }
        Some(plan.victims)
    }

    /// Returns the slots of at most `max` rows that have to go since all together take more than they may.
    pub(in crate::store::engine) fn excess(
        &self,
        held: Usage,
        max: usize,
        gone: Gone<'_>,
        weight_of: impl Fn(u32) -> usize,
    ) -> Victims {
        let mut plan = Plan::new(self, held, gone, &weight_of);
        while plan.victims.len() < max
            && !self.budget.holds(plan.held)
            && let Some(source) = plan.heaviest()
            && let Some(record) = plan.farthest(source)
        {
            plan.give_up(source, record, weight_of(record.1));
        }
        plan.victims
    }
}

/// What the sources would hold if some records went and one came.
struct Plan<'a> {
    sources: &'a Sources,
    held: Usage,
    /// The sources that would hold another amount than now, never more than records go.
    changed: ChangedSources,
    /// All sources by what they hold now, the heaviest first; those that changed are passed over.
    unchanged: Peekable<Rev<btree_set::Iter<'a, (Share, SourceId)>>>,
    victims: Victims,
    /// Rows that go anyway.
    gone: &'a SlotSet,
    /// The row that the newcomer replaces.
    replaced: Option<u32>,
}

impl<'a> Plan<'a> {
    fn new(
        sources: &'a Sources,
        held: Usage,
        (gone, source_of): Gone<'a>,
        weight_of: &impl Fn(u32) -> usize,
    ) -> Self {
        let unchanged = sources.ranking.iter().rev().peekable();
        let mut plan = Self {
            sources,
            held,
            changed: ChangedSources::default(),
            unchanged,
            victims: Victims::new(),
            gone,
            replaced: None,
        };
        for slot in gone.iter() {
            if let Some(source) = source_of(slot) {
                plan.leave(source, weight_of(slot));
            }
        }
        plan
    }

    fn change(&mut self, source: Option<SourceId>, change: impl FnOnce(&mut Changed)) {
        let mut changed = self.changed.get(source).copied().unwrap_or_else(|| {
            let usage = source.map(|id| self.sources.known[id.index()].usage);
            Changed { usage: usage.unwrap_or_default(), share: 0, last_gone: None }
        });
        change(&mut changed);
        changed.share = self.sources.budget.share(changed.usage);
        self.changed.set(source, changed);
    }

    fn take_in(&mut self, source: Option<SourceId>, bytes: usize) {
        self.held.add(Usage::one(bytes));
        self.change(source, |changed| changed.usage.add(Usage::one(bytes)));
    }

    fn leave(&mut self, source: SourceId, bytes: usize) {
        self.held.subtract(Usage::one(bytes));
        self.change(Some(source), |changed| changed.usage.subtract(Usage::one(bytes)));
    }

    fn give_up(&mut self, source: SourceId, record: (u64, u32), bytes: usize) {
        self.held.subtract(Usage::one(bytes));
        self.change(Some(source), |changed| {
            changed.usage.subtract(Usage::one(bytes));
            changed.last_gone = Some(record);
        });
        self.victims.push(record.1);
    }

    /// The source that would hold most; `None` if that is the one which is not known yet.
    fn heaviest(&mut self) -> Option<SourceId> {
        let changed = &self.changed;
        while self.unchanged.next_if(|(_, id)| changed.get(Some(*id)).is_some()).is_some() {}
        let unchanged = self.unchanged.peek().map(|&&(share, id)| (share, Some(id)));
        self.changed.heaviest().max(unchanged).and_then(|(_, source)| source)
    }

    /// The farthest record of a source that would still be there: its distance and its slot.
    fn farthest(&self, source: SourceId) -> Option<(u64, u32)> {
        let last_gone = self.changed.get(Some(source)).and_then(|changed| changed.last_gone);
        let mut left = self.sources.farthest(source, last_gone.unwrap_or((u64::MAX, u32::MAX)));
        left.find(|&record| {
            let (_, slot) = record;
            Some(record) != last_gone && Some(slot) != self.replaced && !self.gone.contains(slot)
        })
    }
}
