//! When rows end, and when leases of own ones are to be renewed.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    ops::{ControlFlow, RangeInclusive},
};

use super::{
    TrackedMeta,
    groups::{Group, Places},
};
use crate::store::{clock::Moment, engine::catalogue::SchemaId};

/// Rows by what is due when. The numbers behind the times are slots.
#[derive(Default)]
pub(in crate::store::engine) struct Deadlines {
    /// By end of life, as [`Moment::ms`] counts.
    ends: BTreeSet<(u64, u32)>,
    /// By the end of the lease, in unix seconds: foreign rows and tombstones, which end with it.
    /// Those that databases do not show, and then those that they do: these are found however many others there are.
    lapses: [Lapses; 2],
    places_in_lapses: Places,
    /// By schema and the end of the lease: own records that peers are served.
    renewals: BTreeSet<(SchemaId, Renewal, u32, u32)>,
}

type Lapses = BTreeMap<u32, Group>;

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
    ends: Option<u64>,
    /// With whether databases show it.
    lapses: Option<(u32, bool)>,
    renews: Option<(SchemaId, Renewal, u32)>,
}

impl Due {
    pub(super) fn of(meta: &TrackedMeta) -> Self {
        let TrackedMeta { schema, meta, header, .. } = meta;
        let not_after = Some(header.not_after).filter(|&not_after| not_after != 0);
        let lapses = !meta.state.own || header.tombstone;
        let renewal = if meta.renewable { Renewal::BeforeItEnds } else { Renewal::OnceItHasEnded };
        Self {
            ends: meta.ends,
            lapses: not_after
                .filter(|_| lapses)
                .map(|not_after| (not_after, meta.is_visible(*header))),
            renews: not_after
                .filter(|_| !lapses && meta.state.served)
                .map(|not_after| (*schema, renewal, not_after)),
        }
    }
}

impl Deadlines {
    pub(super) fn replace(&mut self, slot: u32, old: Due, new: Due) {
        move_entry(&mut self.ends, old.ends, new.ends, |ends| (ends, slot));
        if old.lapses != new.lapses {
            self.move_lapse(slot, old.lapses, new.lapses);
        }
        let renewal = |(schema, renewal, not_after)| (schema, renewal, not_after, slot);
        move_entry(&mut self.renewals, old.renews, new.renews, renewal);
    }

    pub(super) fn read_ahead(&self, slot: u32) -> Option<u32> {
        self.places_in_lapses.read_ahead(slot)
    }

    fn move_lapse(&mut self, slot: u32, old: Option<(u32, bool)>, new: Option<(u32, bool)>) {
        let Self { lapses, places_in_lapses: places, .. } = self;
        if let Some((second, shown)) = old
            && let Entry::Occupied(mut lapsing) = lapses[usize::from(shown)].entry(second)
        {
            places.leave(lapsing.get_mut(), slot);
            if lapsing.get().is_empty() {
                lapsing.remove();
            }
        }
        if let Some((second, shown)) = new {
            places.enter(lapses[usize::from(shown)].entry(second).or_default(), slot);
        }
    }

    fn hidden(&self) -> &Lapses {
        &self.lapses[0]
    }

    fn shown(&self) -> &Lapses {
        &self.lapses[1]
    }

    /// Returns whether the life, or the lease, of some row is over.
    pub(in crate::store::engine) fn has_expired(&self, now: &Moment) -> bool {
        self.has_expired_shown(now) || has_lapsed(self.hidden(), now)
    }

    /// Returns whether a row may be over that databases show.
    pub(in crate::store::engine) fn has_expired_shown(&self, now: &Moment) -> bool {
        self.ends.first().is_some_and(|(ends, _)| *ends <= now.ms) || has_lapsed(self.shown(), now)
    }

    /// Returns the slots of the rows whose life, or lease, is over, those first that databases show; one of which both
    /// are comes twice.
    pub(in crate::store::engine) fn expired(
        &self,
        now: &Moment,
    ) -> impl Iterator<Item = u32> + use<'_> {
        let ms = now.ms;
        let ended = self.ends.iter().take_while(move |(ends, _)| *ends <= ms);
        ended.map(|(_, slot)| *slot).chain(self.lapsed(now))
    }

    /// Returns the slots of the foreign rows and tombstones whose lease is over, those first that databases show.
    pub(in crate::store::engine) fn lapsed(
        &self,
        now: &Moment,
    ) -> impl Iterator<Item = u32> + use<'_> {
        let now = *now;
        let is_over = move |(lapses, _): &(&u32, &Group)| is_over(**lapses, &now);
        let lapsed = self.shown().iter().take_while(is_over);
        let lapsed = lapsed.chain(self.hidden().iter().take_while(is_over));
        lapsed.flat_map(|(_, lapsed)| lapsed.slots().iter().rev().copied())
    }

    /// Shows the slots of all records that expire up to a moment: what lives, what is leased.
    pub(in crate::store::engine) fn expiring(&self, until: &Moment, mut show: impl FnMut(u32)) {
        for &(_, slot) in self.ends.range(..=(until.ms, u32::MAX)) {
            show(slot);
        }
        let second = u32::try_from(until.unix_ms() / 1000).unwrap_or(u32::MAX);
        let shown = self.shown().range(..=second);
        for (_, lapsing) in shown.chain(self.hidden().range(..=second)) {
            lapsing.slots().iter().copied().for_each(&mut show);
        }
    }

    /// Shows the slots of a schema's own records whose lease ends within these unix seconds, the first to end
    /// first, until it is told to stop.
    pub(in crate::store::engine) fn renewals(
        &self,
        schema: SchemaId,
        renewal: Renewal,
        ends: RangeInclusive<u32>,
        show: impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (start, end) = ends.into_inner();
        // A B-tree panics on crossed bounds.
        let range = (start <= end).then(|| {
            self.renewals.range((schema, renewal, start, 0)..=(schema, renewal, end, u32::MAX))
        });
        range.into_iter().flatten().map(|&(_, _, _, slot)| slot).try_for_each(show)
    }
}

fn has_lapsed(lapses: &Lapses, now: &Moment) -> bool {
    lapses.first_key_value().is_some_and(|(&not_after, _)| is_over(not_after, now))
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
