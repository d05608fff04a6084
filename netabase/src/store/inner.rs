use libp2p::kad::RecordKey;

use super::{
    author::Author,
    changes::ChangeOrigin,
    clock::Moment,
    encoded::{Encoded, Replaced, Standing, Stored},
    limits::Limits,
    marks::Marks,
    schemas::{SchemaId, Schemas},
    table::Table,
    tracking::{Foreign, Tracking, Traits},
    usage::Usage,
    writer::Changes,
};
use crate::{record::split_schema, schema::Timestamp};

/// What the lock guards.
pub(super) struct Inner {
    pub(super) table: Table,
    pub(super) tracking: Tracking,
    pub(super) schemas: Schemas,
    pub(super) usages: Usages,
    pub(super) limits: Limits,
    pub(super) providers: super::providers::Expiries,
    pub(super) marks: Marks,
    pub(super) changes: Changes,
    pub(super) served: super::served::Served,
    /// The latest timestamp given to a local write.
    pub(super) last_issued: Timestamp,
}

/// What the records of each budget take.
#[derive(Clone, Copy, Default)]
pub(super) struct Usages {
    pub(super) own: Usage,
    pub(super) foreign: Usage,
}

impl Usages {
    pub(super) fn records(&self) -> usize {
        self.own.records + self.foreign.records
    }

    pub(super) fn bytes(&self) -> usize {
        self.own.bytes + self.foreign.bytes
    }

    fn of(&mut self, own: bool) -> &mut Usage {
        if own { &mut self.own } else { &mut self.foreign }
    }
}

// The only ways to change the table: they keep counts, indexes and tracking.
impl Inner {
    pub(super) fn new(author: &Author, limits: Limits) -> Self {
        let mut tracking = Tracking::default();
        tracking.sources.set_limits(&limits);
        Self {
            table: Table::new(author.peer_id),
            tracking,
            schemas: Schemas::default(),
            usages: Usages::default(),
            limits,
            providers: super::providers::Expiries::default(),
            marks: Marks::default(),
            changes: Changes::default(),
            served: super::served::Served::default(),
            last_issued: Timestamp::default(),
        }
    }

    /// Whether there is a record that has expired and was not taken out yet.
    pub(super) fn has_expired(&self, now: &Moment) -> bool {
        self.tracking.deadlines.next_expired(now).is_some()
    }

    /// What a write to this key would replace. One that has expired goes first.
    pub(super) fn replaced(&mut self, key: &RecordKey, now: &Moment) -> Option<Replaced> {
        let stored = self.table.get(key)?;
        let (expired, old) = (stored.is_expired(now), stored.replaced());
        if expired {
            self.with_origin(ChangeOrigin::Expired, |inner| inner.drop_record(&old));
            return None;
        }
        Some(old)
    }

    /// Stores a value in place of what `replaced` found. A foreign one is put down to somebody.
    pub(super) fn store(
        &mut self,
        schema: SchemaId,
        key: RecordKey,
        mut value: Encoded,
        foreign: Option<Foreign>,
        old: Option<&Replaced>,
    ) {
        let visible = value.is_visible();
        let entries = if visible { value.entries() } else { &[] };
        self.note_change(schema, &key, old, visible.then_some(value.value()));
        self.reindex(schema, &key, old, entries);
        self.count(schema, &key, old, visible);
        self.weigh(schema, old, Some((value.standing(), value.weight(&key))));
        let key = old.map_or(key, |old| old.key.clone());
        self.note_served(
            &key,
            (old.map(|old| (old.state(), old.header)), (value.standing().state, value.header())),
        );
        if let Some(slot) = self.track(schema, &key, &value, foreign, old) {
            value.set_slot(slot);
        }
        self.table.insert(key, value, old);
    }

    /// Another standing for a record that stays as it is.
    pub(super) fn set_standing(&mut self, schema: SchemaId, key: &RecordKey, standing: Standing) {
        let Some(stored) = self.table.get(key).filter(|stored| stored.standing != standing) else {
            return;
        };
        let value = Encoded::new(stored.value, stored.entries, standing);
        let old = stored.replaced();
        let foreign = self.tracking.foreign(old.slot);
        self.store(schema, key.clone(), value, foreign, Some(&old));
    }

    pub(super) fn drop_record(&mut self, old: &Replaced) {
        let key = &old.key;
        let schema = self.schemas.of_key(key.as_ref());
        self.note_change(schema, key, Some(old), None);
        self.reindex(schema, key, Some(old), &[]);
        self.count(schema, key, Some(old), false);
        self.weigh(schema, Some(old), None);
        if let Some(slot) = old.slot {
            let traits = self.traits(schema, old);
            self.tracking.remove(slot, &traits);
        }
        self.table.remove(old);
    }

    fn reindex(&mut self, schema: SchemaId, key: &RecordKey, old: Option<&Replaced>, new: &[u8]) {
        let old = old.map_or(&[][..], |old| old.entries.as_slice());
        let rest = split_schema(key.as_ref()).1;
        self.schemas.get_mut(schema).indexes.replace(rest, old, new);
    }

    fn count(&mut self, schema: SchemaId, key: &RecordKey, old: Option<&Replaced>, visible: bool) {
        let was_visible = old.is_some_and(|old| old.visible);
        if was_visible != visible {
            let rest = split_schema(key.as_ref()).1;
            self.schemas.get_mut(schema).count_visible(rest, was_visible, visible);
        }
    }

    /// Moves a record's weight, and whose it is, from what it was to what it will be. What is opaque is no
    /// schema's.
    fn weigh(&mut self, schema: SchemaId, old: Option<&Replaced>, new: Option<(Standing, usize)>) {
        let of_schema = &mut self.schemas.get_mut(schema).usages;
        for (usages, with_opaque) in [(&mut self.usages, true), (of_schema, false)] {
            let counts = |standing: Standing| with_opaque || !standing.opaque;
            if let Some(old) = old.filter(|old| counts(old.standing)) {
                usages.of(old.state().own).subtract(Usage::one(old.weight));
            }
            if let Some((standing, weight)) = new.filter(|(standing, _)| counts(*standing)) {
                usages.of(standing.state.own).add(Usage::one(weight));
            }
        }
    }

    /// Keeps the tracking's indexes, and gives the slot the record has now, if it needs one.
    fn track(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        value: &Encoded,
        foreign: Option<Foreign>,
        old: Option<&Replaced>,
    ) -> Option<u32> {
        let standing = value.standing();
        let foreign = foreign.filter(|_| !standing.state.own);
        let new = value.is_tracked().then(|| Traits {
            schema,
            standing,
            header: value.header(),
            weight: value.weight(key),
            foreign,
        });
        let old = old.and_then(|old| Some((old.slot?, self.traits(schema, old))));
        match (old, new) {
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
        }
    }

    fn traits(&self, schema: SchemaId, old: &Replaced) -> Traits {
        Traits {
            schema,
            standing: old.standing,
            header: old.header,
            weight: old.weight,
            foreign: self.tracking.foreign(old.slot),
        }
    }

    /// A stored record by its slot.
    pub(super) fn by_slot(&self, slot: u32) -> Stored<'_> {
        let key = self.tracking.key(slot);
        self.table.get(key).expect("every slot has a record")
    }
}
