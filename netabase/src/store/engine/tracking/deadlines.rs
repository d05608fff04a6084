//! When rows end, and when leases of own ones are to be renewed.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    ops::{ControlFlow, RangeInclusive},
};

use super::{
    TrackedMeta,
    groups::{Group, Places},
};
use crate::store::{clock::Moment, engine::catalogue::SchemaId, limits::Budget};

/// Rows by what is due when. The numbers behind the times are slots.
#[derive(Default)]
pub(in crate::store::engine) struct Deadlines {
    /// By end of life, as [`Moment::ms`] counts: foreign rows, and then own ones.
    ends: [BTreeSet<(u64, u32)>; 2],
    /// By the end of the lease, in unix seconds: foreign rows and tombstones, which end with it. Each kind by itself:
    /// it is found however many others there are.
    lapses: [Lapses; 3],
    places_in_lapses: Places,
    /// By schema and the end of the lease: own records that peers are served.
    renewals: BTreeSet<(SchemaId, Renewal, u32, u32)>,
}

type Lapses = BTreeMap<u32, Group>;

/// A kind of rows that end with their lease.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lapsing {
    /// Foreign ones that databases show.
    Shown,
    /// Own tombstones.
    Own,
    /// Foreign ones that databases do not show.
    Hidden,
}

impl Lapsing {
    /// All kinds, the one that databases show first.
    const ALL: [Self; 3] = [Self::Shown, Self::Own, Self::Hidden];

    fn is_own(self) -> bool {
        self == Self::Own
    }
}

/// When a lease is to be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Renewal {
    /// In time.
    BeforeItEnds,
    /// Not at all, since life ends with it; unless a clock was set, and it has ended before.
    OnceItHasEnded,
}

/// When something is due for one record.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// With whether it is own.
    ends: Option<(u64, bool)>,
    lapses: Option<(u32, Lapsing)>,
    renews: Option<(SchemaId, Renewal, u32)>,
}

impl Due {
    pub(super) fn of(meta: &TrackedMeta) -> Self {
        let TrackedMeta { schema, meta, header, .. } = meta;
        let not_after = Some(header.not_after).filter(|&not_after| not_after != 0);
        let lapses = !meta.state.own || header.tombstone;
        let lapsing = match meta.is_visible(*header) {
            _ if meta.state.own => Lapsing::Own,
            true => Lapsing::Shown,
            false => Lapsing::Hidden,
        };
        let renewal = if meta.renewable { Renewal::BeforeItEnds } else { Renewal::OnceItHasEnded };
        Self {
            ends: meta.ends.map(|ends| (ends, meta.state.own)),
            lapses: not_after.filter(|_| lapses).map(|not_after| (not_after, lapsing)),
            renews: not_after
                .filter(|_| !lapses && meta.state.served)
                .map(|not_after| (*schema, renewal, not_after)),
        }
    }
}

impl Deadlines {
    pub(super) fn replace(&mut self, slot: u32, old: Due, new: Due) {
        for is_own in [false, true] {
            let of = |ends: Option<(u64, bool)>| ends.filter(|(_, own)| *own == is_own);
            let ends = &mut self.ends[usize::from(is_own)];
            move_entry(ends, of(old.ends), of(new.ends), |(ends, _)| (ends, slot));
        }
        if old.lapses != new.lapses {
            self.move_lapse(slot, old.lapses, new.lapses);
        }
        let renewal = |(schema, renewal, not_after)| (schema, renewal, not_after, slot);
        move_entry(&mut self.renewals, old.renews, new.renews, renewal);
    }

    pub(super) fn read_ahead(&self, slot: u32) -> Option<u32> {
        self.places_in_lapses.read_ahead(slot)
    }

    fn move_lapse(&mut self, slot: u32, old: Option<(u32, Lapsing)>, new: Option<(u32, Lapsing)>) {
        let Self { lapses, places_in_lapses: places, .. } = self;
        if let Some((second, kind)) = old
            && let Entry::Occupied(mut lapsing) = lapses[kind as usize].entry(second)
        {
            places.leave(lapsing.get_mut(), slot);
            if lapsing.get().is_empty() {
                lapsing.remove();
            }
        }
        if let Some((second, kind)) = new {
            places.enter(lapses[kind as usize].entry(second).or_default(), slot);
        }
    }

    /// Returns whether the life, or the lease, of some row of these budgets is over.
    pub(in crate::store::engine) fn has_expired(&self, now: &Moment, of: Option<Budget>) -> bool {
        let is_meant = |is_own| of.is_none_or(|budget| is_own == (budget == Budget::Own));
        let is_due = |is_own: bool| is_meant(is_own) && self.has_ended(is_own, now);
        let is_over = |kind: Lapsing| is_meant(kind.is_own()) && self.has_lapsed(kind, now);
        is_due(false) || is_due(true) || Lapsing::ALL.into_iter().any(is_over)
    }

    fn has_ended(&self, is_own: bool, now: &Moment) -> bool {
        self.ends[usize::from(is_own)].first().is_some_and(|(ends, _)| *ends <= now.ms)
    }

    fn has_lapsed(&self, kind: Lapsing, now: &Moment) -> bool {
        self.lapses[kind as usize].first_key_value().is_some_and(|(end, _)| is_over(*end, now))
    }

    /// Returns whether a row may be over that databases show.
    pub(in crate::store::engine) fn has_expired_shown(&self, now: &Moment) -> bool {
        self.has_lapsed(Lapsing::Shown, now)
            || self.has_ended(false, now)
            || self.has_ended(true, now)
    }

    /// Returns the slots of the rows whose life, or lease, is over, of one budget or of both: those first that
    /// databases show. One of which both are comes twice. No other row is looked at.
    pub(in crate::store::engine) fn expired(
        &self,
        now: &Moment,
        of: Option<Budget>,
    ) -> impl Iterator<Item = u32> + use<'_> {
        let now = *now;
        let is_meant = move |is_own| match of {
            None => true,
            Some(Budget::Own) => is_own,
            Some(Budget::Foreign) => !is_own,
        };
        let ended = [true, false].into_iter().filter(move |is_own| is_meant(*is_own));
        let ended = ended.flat_map(move |is_own| {
            let ends = self.ends[usize::from(is_own)].iter();
            ends.take_while(move |(ends, _)| *ends <= now.ms).map(|(_, slot)| *slot)
        });
        let lapsed = Lapsing::ALL.into_iter().filter(move |kind| is_meant(kind.is_own()));
        let lapsed = lapsed.flat_map(move |kind| {
            let lapsed = self.lapses[kind as usize].iter();
            let lapsed = lapsed.take_while(move |(end, _)| is_over(**end, &now));
            lapsed.flat_map(|(_, group)| group.slots().iter().rev().copied())
        });
        ended.chain(lapsed)
    }

    /// Shows the slots of all records that expire up to a moment: what lives, what is leased.
    pub(in crate::store::engine) fn expiring(&self, until: &Moment, mut show: impl FnMut(u32)) {
        for ends in &self.ends {
            ends.range(..=(until.ms, u32::MAX)).for_each(|&(_, slot)| show(slot));
        }
        let second = u32::try_from(until.unix_ms() / 1000).unwrap_or(u32::MAX);
        for (_, lapsing) in self.lapses.iter().flat_map(|lapses| lapses.range(..=second)) {
            lapsing.slots().iter().copied().for_each(&mut show);
        }
    }

    /// Shows the ends of leases, in unix seconds, and the slots of a schema's own records between two such, the first
    /// to end first, until it is told to stop.
    pub(in crate::store::engine) fn renewals<B>(
        &self,
        schema: SchemaId,
        renewal: Renewal,
        ends: RangeInclusive<(u32, u32)>,
        show: impl FnMut((u32, u32)) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let (start, end) = ends.into_inner();
        // A B-tree panics on crossed bounds.
        let range = (start <= end).then(|| {
            self.renewals
                .range((schema, renewal, start.0, start.1)..=(schema, renewal, end.0, end.1))
        });
        range.into_iter().flatten().map(|&(_, _, end, slot)| (end, slot)).try_for_each(show)
    }
}

fn is_over(not_after: u32, now: &Moment) -> bool {
    u64::from(not_after) * 1000 <= now.unix_ms()
}

fn move_entry<D: PartialEq, E: Ord>(
    tree: &mut BTreeSet<E>,
    old: Option<D>,
    new: Option<D>,
    entry: impl Fn(D) -> E,
) {
    if old == new {
        return;
    }
    if let Some(old) = old {
        tree.remove(&entry(old));
    }
    if let Some(new) = new {
        tree.insert(entry(new));
    }
}
