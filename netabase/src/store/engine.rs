//! Rows, and all that indexes them: their order, secondary indexes, deadlines, publishers, sources and counts.
//!
//! They change in one way: [`apply`](Engine::apply). Nothing here takes a lock, reads a clock or runs code of the
//! user.

mod apply;

mod catalogue;

mod foreign;

mod indexes;

mod lookup;

mod meta;

mod order;

mod places;

mod records;

mod row;

mod slots;

mod tracking;

mod transition;

use std::ops::{ControlFlow, RangeInclusive};

use libp2p::PeerId;

pub(crate) use self::catalogue::SchemaId;
pub use self::{apply::Damaged, transition::ChangeOrigin};
use self::{catalogue::Catalogue, order::Order, records::Records, tracking::Tracking};
pub(super) use self::{
    catalogue::{Layout, Usages},
    indexes::{Indexes, split_entry},
    lookup::LookupKey,
    meta::{Attribution, Publisher, RecordMeta},
    order::Selection,
    records::BATCH,
    row::{Previous, Row, RowRef},
    slots::SlotSet,
    tracking::{Newcomer, Renewal, Victims},
    transition::{RowChange, Transition},
};
use super::{
    bounds::{Bounds, Direction},
    clock::Moment,
    limits::{Budget, Limits},
};
use crate::schema::{IndexInfo, Timestamp};

/// The state of a store. All of its parts agree.
pub(super) struct Engine {
    records: Records,
    order: Order,
    tracking: Tracking,
    catalogue: Catalogue,
    usages: Usages,
    /// The latest timestamp given to a local write.
    clock: Timestamp,
    /// How many transitions have changed it.
    version: u64,
    /// `true` if one of them ended half-way.
    is_damaged: bool,
}

// What may be set at any time, since no row, index or count follows from it.
impl Engine {
    pub(super) fn new(peer_id: PeerId, unknown: Layout, limits: &Limits) -> Self {
        let mut tracking = Tracking::default();
        tracking.sources.set_limits(limits);
        Self {
            records: Records::new(peer_id),
            order: Order::default(),
            tracking,
            catalogue: Catalogue::new(unknown),
            usages: Usages::default(),
            clock: Timestamp::default(),
            version: 0,
            is_damaged: false,
        }
    }

    /// Makes a schema known that has no rows yet.
    pub(super) fn add_schema(&mut self, layout: Layout, indexes: &[IndexInfo]) -> SchemaId {
        self.catalogue.add(layout, indexes)
    }

    /// Sets the indexes of a schema that databases show no rows of.
    pub(super) fn set_indexes(&mut self, schema: SchemaId, indexes: &[IndexInfo]) {
        self.catalogue.set_indexes(schema, indexes);
    }

    /// Returns the latest timestamp given to a local write.
    pub(super) fn clock(&self) -> Timestamp {
        self.clock
    }

    /// Sets what foreign rows are weighed against.
    pub(super) fn set_limits(&mut self, limits: &Limits) {
        self.tracking.sources.set_limits(limits);
    }
}

// Rows.
impl Engine {
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns how many transitions have changed rows or the clock.
    #[cfg(test)]
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn get<'k>(&self, key: impl Into<LookupKey<'k>>) -> Option<RowRef<'_>> {
        self.records.get(key.into())
    }

    /// Returns the rows of some keys, [`BATCH`] of them at most; see [`Records::get_each`].
    pub(super) fn get_each<'a>(
        &'a self,
        keys: &[LookupKey<'_>],
        values: bool,
    ) -> impl Iterator<Item = Option<RowRef<'a>>> + use<'a> {
        self.records.get_each(keys, values)
    }

    /// Returns a row by its slot.
    pub(super) fn by_slot(&self, slot: u32) -> RowRef<'_> {
        self.get(self.tracking.key(slot)).expect("every slot has a row")
    }

    /// Returns the keys in a range, in their order or against it.
    pub(super) fn keys<'a>(
        &'a self,
        bounds: Bounds<'a>,
        direction: Direction,
        selection: Selection,
    ) -> impl Iterator<Item = LookupKey<'a>> {
        let keys = self.order.range(bounds, direction, selection);
        keys.map(|(schema, rest)| LookupKey::Parts(schema, [&[], rest]))
    }

    /// Returns the rows whose keys lie in a range, in the order of their keys or against it.
    pub(super) fn range<'a>(
        &'a self,
        bounds: Bounds<'a>,
        direction: Direction,
        selection: Selection,
    ) -> impl Iterator<Item = RowRef<'a>> {
        self.keys(bounds, direction, selection).filter_map(|key| self.get(key))
    }

    /// Returns all rows, in no order, as fast as the records yield them.
    pub(super) fn unordered(&self) -> impl Iterator<Item = RowRef<'_>> {
        self.records.iter()
    }
}

// Schemas and counts.
impl Engine {
    pub(super) fn usages(&self) -> Usages {
        self.usages
    }

    pub(super) fn usages_of(&self, schema: SchemaId) -> Usages {
        self.catalogue.get(schema).usages
    }

    /// Returns how many rows of a schema databases show, of all owners.
    pub(super) fn visible(&self, schema: SchemaId) -> usize {
        self.catalogue.get(schema).visible()
    }

    /// Returns how many rows of a schema the local peer's database shows.
    pub(super) fn local_visible(&self, schema: SchemaId) -> usize {
        self.catalogue.get(schema).local_visible()
    }

    pub(super) fn layout(&self, schema: SchemaId) -> &Layout {
        &self.catalogue.get(schema).layout
    }

    pub(super) fn indexes(&self, schema: SchemaId) -> &Indexes {
        &self.catalogue.get(schema).indexes
    }
}

// Deadlines.
impl Engine {
    /// Returns whether there is a row, of one budget or of both, that has expired and was not removed yet.
    pub(super) fn has_expired(&self, now: &Moment, of: Option<Budget>) -> bool {
        self.tracking.deadlines.has_expired(now, of)
    }

    /// Returns whether a row may have expired that databases show.
    pub(super) fn has_expired_shown(&self, now: &Moment) -> bool {
        self.tracking.deadlines.has_expired_shown(now)
    }

    /// Returns the slots of the rows, of one budget or of both, that have expired, those first that databases show;
    /// some come twice.
    pub(super) fn expired(
        &self,
        now: &Moment,
        of: Option<Budget>,
    ) -> impl Iterator<Item = u32> + use<'_> {
        self.tracking.deadlines.expired(now, of)
    }

    /// Shows all rows that expire up to a moment; some twice.
    pub(super) fn expiring<'a>(&'a self, until: &Moment, mut show: impl FnMut(RowRef<'a>)) {
        self.tracking.deadlines.expiring(until, |slot| show(self.by_slot(slot)));
    }

    /// Shows a schema's own rows whose lease ends within these unix seconds, the first to end first, until it is told
    /// to stop: each with its place, which is the second and its slot.
    pub(super) fn renewals<'a, B>(
        &'a self,
        schema: SchemaId,
        renewal: Renewal,
        ends: RangeInclusive<(u32, u32)>,
        mut show: impl FnMut((u32, u32), RowRef<'a>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let show = |at: (u32, u32)| show(at, self.by_slot(at.1));
        self.tracking.deadlines.renewals(schema, renewal, ends, show)
    }
}
