//! Where foreign rows came from, what each source holds, and which rows go if there is too much.

mod victims;

use std::{
    collections::{BTreeSet, HashMap},
    num::NonZeroU32,
};

use slab::Slab;

pub(in crate::store) use self::victims::Victims;
use super::Foreign;
use crate::store::{limits::Limits, source::Source, usage::Usage};

/// Where foreign records came from, what each source holds, and how far its records lie.
///
/// A source is known as long as it has a record.
#[derive(Default)]
pub(in crate::store::engine) struct Sources {
    by_source: HashMap<Source, SourceId>,
    known: Slab<Held>,
    /// By share of the budget: the last one holds most.
    ranking: BTreeSet<(Share, SourceId)>,
    /// By distance from the local peer; the last numbers are slots.
    distances: BTreeSet<(SourceId, u64, u32)>,
    budget: ForeignLimit,
}

struct Held {
    source: Source,
    usage: Usage,
}

/// A source's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store::engine) struct SourceId(NonZeroU32);

/// A source's dominant share: of the records or of the bytes, whichever it holds more of. The bits of a
/// fraction that is not negative, which sort as it does.
type Share = u64;

#[derive(Clone, Copy, Default)]
struct ForeignLimit {
    records: usize,
    bytes: usize,
}

/// A foreign record that wants room.
pub(in crate::store) struct Newcomer {
    pub(in crate::store) source: Source,
    pub(in crate::store) distance: u64,
    pub(in crate::store) bytes: usize,
    /// The foreign record that it replaces, and what that takes.
    pub(in crate::store) replaces: Option<(u32, usize)>,
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

impl ForeignLimit {
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
    pub(in crate::store::engine) fn set_limits(&mut self, limits: &Limits) {
        self.budget =
            ForeignLimit { records: limits.max_foreign_records, bytes: limits.max_foreign_bytes };
        let share = |(index, held): (usize, &Held)| {
            (self.budget.share(held.usage), SourceId::of_index(index))
        };
        self.ranking = self.known.iter().map(share).collect();
    }

    /// Finds the place of a source, which is kept as soon as a row is [added](Self::add) to it.
    pub(in crate::store::engine) fn place(&mut self, source: Source) -> SourceId {
        if let Some(&id) = self.by_source.get(&source) {
            return id;
        }
        let held = Held { source, usage: Usage::default() };
        let id = SourceId::of_index(self.known.insert(held));
        self.by_source.insert(source, id);
        self.ranking.insert((self.budget.share(Usage::default()), id));
        id
    }

    pub(super) fn get(&self, id: SourceId) -> Source {
        self.known[id.index()].source
    }

    pub(in crate::store::engine) fn iter(&self) -> impl Iterator<Item = (Source, Usage)> {
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

    /// Returns whether foreign rows take more than they may.
    pub(in crate::store::engine) fn is_over_budget(&self, held: Usage) -> bool {
        !self.budget.holds(held)
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
