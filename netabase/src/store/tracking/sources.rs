use std::{
    collections::{BTreeSet, HashMap, btree_set},
    iter::{Peekable, Rev},
    num::NonZeroU32,
};

use slab::Slab;
use smallvec::SmallVec;

use super::Foreign;
use crate::store::{limits::Limits, source::Source, usage::Usage};

/// Where foreign records came from, what each source holds, and how far its records lie.
///
/// A source is known as long as it has a record.
#[derive(Default)]
pub(in crate::store) struct Sources {
    by_source: HashMap<Source, SourceId>,
    known: Slab<Held>,
    /// By share of the budget: the last one holds most.
    ranking: BTreeSet<(Share, SourceId)>,
    /// By distance from the local peer; the last numbers are slots.
    distances: BTreeSet<(SourceId, u64, u32)>,
    budget: Budget,
}

struct Held {
    source: Source,
    usage: Usage,
}

/// A source's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct SourceId(NonZeroU32);

/// A source's dominant share: of the records or of the bytes, whichever it holds more of. The bits of a
/// fraction that is not negative, which sort as it does.
type Share = u64;

#[derive(Clone, Copy, Default)]
struct Budget {
    records: usize,
    bytes: usize,
}

/// A foreign record that wants room.
pub(in crate::store) struct Newcomer {
    pub(in crate::store) source: Source,
    pub(in crate::store) distance: u64,
    pub(in crate::store) bytes: usize,
    /// The foreign record that it replaces, and what that takes.
    pub(in crate::store) replaces: Option<(u32, SourceId, usize)>,
}

impl SourceId {
    fn of_index(index: usize) -> Self {
        let number = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Self(number.expect("there are no more sources than records"))
    }

    fn index(self) -> usize {
        usize::try_from(self.0.get() - 1).expect("it was a usize before")
    }
}

impl Budget {
    #[allow(
        clippy::cast_precision_loss,
        reason = "shares that differ by 2^-52 are as good as equal"
    )]
    fn share(self, usage: Usage) -> Share {
        let fraction = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        fraction(usage.records, self.records).max(fraction(usage.bytes, self.bytes)).to_bits()
    }

    fn holds(self, usage: Usage) -> bool {
        usage.records <= self.records && usage.bytes <= self.bytes
    }
}

impl Sources {
    pub(in crate::store) fn set_limits(&mut self, limits: &Limits) {
        self.budget =
            Budget { records: limits.max_foreign_records, bytes: limits.max_foreign_bytes };
        let share = |(index, held): (usize, &Held)| {
            (self.budget.share(held.usage), SourceId::of_index(index))
        };
        self.ranking = self.known.iter().map(share).collect();
    }

    /// The place of a source, which is kept as soon as a record is [added](Self::add) to it.
    pub(in crate::store) fn place(&mut self, source: Source) -> SourceId {
        if let Some(&id) = self.by_source.get(&source) {
            return id;
        }
        let held = Held { source, usage: Usage::default() };
        let id = SourceId::of_index(self.known.insert(held));
        self.by_source.insert(source, id);
        self.ranking.insert((self.budget.share(Usage::default()), id));
        id
    }

    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = (Source, Usage)> {
        self.known.iter().map(|(_, Held { source, usage })| (*source, *usage))
    }

    pub(super) fn add(&mut self, foreign: Foreign, slot: u32, usage: Usage) {
        self.distances.insert((foreign.source, foreign.distance, slot));
        self.change(foreign.source, |held| held.add(usage));
    }

    /// Of a record that stays the source's: what it took before.
    pub(super) fn subtract(&mut self, source: SourceId, usage: Usage) {
        self.change(source, |held| held.subtract(usage));
    }

    pub(super) fn remove(&mut self, foreign: Foreign, slot: u32, usage: Usage) {
        self.distances.remove(&(foreign.source, foreign.distance, slot));
        let left = self.change(foreign.source, |held| held.subtract(usage));
        if left.records == 0 {
            let gone = self.known.remove(foreign.source.index());
            self.by_source.remove(&gone.source);
            self.ranking.remove(&(self.budget.share(left), foreign.source));
        }
    }

    fn change(&mut self, id: SourceId, change: impl FnOnce(&mut Usage)) -> Usage {
        let usage = &mut self.known[id.index()].usage;
        let before = self.budget.share(*usage);
        change(usage);
        let (now, usage) = (self.budget.share(*usage), *usage);
        if now != before {
            self.ranking.remove(&(before, id));
            self.ranking.insert((now, id));
        }
        usage
    }

    /// The slots of the records that have to go, so that a newcomer fits beside `held`, which all foreign
    /// records take now. None if the newcomer would be the next to go, or more than `max` would have to.
    ///
    /// As long as there is too much, the source that holds most gives up its farthest record.
    pub(in crate::store) fn plan(
        &self,
        held: Usage,
        newcomer: &Newcomer,
        max: usize,
        weight_of: impl Fn(u32) -> usize,
    ) -> Option<Going> {
        // Nothing could make room for what is larger than the budget.
        if !self.budget.holds(Usage::one(newcomer.bytes)) {
            return None;
        }
        let own_source = self.by_source.get(&newcomer.source).copied();
        let mut plan = Plan::new(self, held);
        if let Some((slot, source, bytes)) = newcomer.replaces {
            plan.replace(source, slot, bytes);
        }
        plan.take_in(own_source, newcomer.bytes);
        while !self.budget.holds(plan.held) {
            let heaviest = plan.heaviest();
            let farthest = heaviest.and_then(|source| plan.farthest(source));
            let next = farthest
                .filter(|(distance, _)| heaviest != own_source || *distance > newcomer.distance);
            let (source, record) = heaviest.zip(next)?;
            plan.give_up(source, record, weight_of(record.1));
            if plan.going.len() > max {
                return None;
            }
        }
        Some(plan.going)
    }

    /// The farthest record of the source that holds most, if foreign records take more than they may.
    pub(in crate::store) fn next_over_budget(&self, held: Usage) -> Option<u32> {
        if self.budget.holds(held) {
            return None;
        }
        let &(_, source) = self.ranking.last()?;
        self.farthest(source, (u64::MAX, u32::MAX)).next().map(|(_, slot)| slot)
    }

    /// The records of a source up to one of them, the farthest first: distances and slots.
    fn farthest(
        &self,
        source: SourceId,
        (distance, slot): (u64, u32),
    ) -> impl Iterator<Item = (u64, u32)> {
        let up_to = self.distances.range((source, 0, 0)..=(source, distance, slot));
        up_to.rev().map(|&(_, distance, slot)| (distance, slot))
    }
}

/// What the sources would hold if some records went and one came.
struct Plan<'a> {
    sources: &'a Sources,
    held: Usage,
    /// The sources that would hold another amount than now: few, for most newcomers one or two, and never more
    /// than records go.
    changed: SmallVec<[Changed; 4]>,
    /// All sources by what they hold now, the heaviest first; those that changed are passed over.
    unchanged: Peekable<Rev<btree_set::Iter<'a, (Share, SourceId)>>>,
    going: Going,
}

/// The slots of the records that have to go.
pub(in crate::store) type Going = SmallVec<[u32; 4]>;

struct Changed {
    /// `None` is one that is not known yet.
    source: Option<SourceId>,
    usage: Usage,
    /// The last of its records that goes.
    last_gone: Option<(u64, u32)>,
    /// A record that is replaced, and so is there no more.
    replaced: Option<u32>,
}

impl<'a> Plan<'a> {
    fn new(sources: &'a Sources, held: Usage) -> Self {
        let unchanged = sources.ranking.iter().rev().peekable();
        Self { sources, held, changed: SmallVec::new(), unchanged, going: Going::new() }
    }

    fn find(&self, source: Option<SourceId>) -> Option<usize> {
        self.changed.iter().position(|changed| changed.source == source)
    }

    fn changed(&mut self, source: Option<SourceId>) -> &mut Changed {
        let place = self.find(source).unwrap_or_else(|| {
            let usage = source.map(|id| self.sources.known[id.index()].usage);
            let usage = usage.unwrap_or_default();
            self.changed.push(Changed { source, usage, last_gone: None, replaced: None });
            self.changed.len() - 1
        });
        &mut self.changed[place]
    }

    fn take_in(&mut self, source: Option<SourceId>, bytes: usize) {
        self.held.add(Usage::one(bytes));
        self.changed(source).usage.add(Usage::one(bytes));
    }

    fn replace(&mut self, source: SourceId, slot: u32, bytes: usize) {
        self.held.subtract(Usage::one(bytes));
        let changed = self.changed(Some(source));
        changed.usage.subtract(Usage::one(bytes));
        changed.replaced = Some(slot);
    }

    fn give_up(&mut self, source: SourceId, record: (u64, u32), bytes: usize) {
        self.held.subtract(Usage::one(bytes));
        let changed = self.changed(Some(source));
        changed.usage.subtract(Usage::one(bytes));
        changed.last_gone = Some(record);
        self.going.push(record.1);
    }

    /// The source that would hold most; `None` if that is the one which is not known yet.
    fn heaviest(&mut self) -> Option<SourceId> {
        let changed = &self.changed;
        let is_changed = |id| changed.iter().any(|changed| changed.source == Some(id));
        while self.unchanged.next_if(|(_, id)| is_changed(*id)).is_some() {}
        let unchanged = self.unchanged.peek().map(|&&(share, id)| (share, Some(id)));
        let share = |changed: &Changed| (self.sources.budget.share(changed.usage), changed.source);
        changed.iter().map(share).chain(unchanged).max().and_then(|(_, source)| source)
    }

    /// The farthest record of a source that would still be there: its distance and its slot.
    fn farthest(&self, source: SourceId) -> Option<(u64, u32)> {
        let changed = self.find(Some(source)).map(|place| &self.changed[place]);
        let last_gone = changed.and_then(|changed| changed.last_gone);
        let replaced = changed.and_then(|changed| changed.replaced);
        let mut left = self.sources.farthest(source, last_gone.unwrap_or((u64::MAX, u32::MAX)));
        left.find(|&record| Some(record) != last_gone && Some(record.1) != replaced)
    }
}
