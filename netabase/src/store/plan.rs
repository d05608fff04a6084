//! Plans a commit: reads what is stored, and decides all that will change, before anything does.

mod room;

use libp2p::kad::RecordKey;

pub(super) use self::room::{MAX_EXPIRED, replacing};
use super::{
    author::Author,
    clock::Moment,
    engine::{
        ChangeOrigin, Engine, Previous, RecordMeta, Row, RowChange, RowRef, SchemaId, SlotSet,
        Transition, Usages,
    },
    inner::Inner,
    lease::check_ahead,
    schemas::Schema,
    usage::Usage,
};
use crate::schema::Timestamp;

/// Who is to know of a commit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Audience {
    /// `true` if the listener is told of what peers are served.
    pub(super) listener: bool,
    /// `true` if the journal takes it. What only follows from rows is made anew when they are loaded.
    pub(super) journal: bool,
}

/// A commit that is being planned, under the lock. It only reads; what it decides is written to its [`Transition`].
pub(super) struct Plan<'a> {
    pub(super) inner: &'a Inner,
    pub(super) author: &'a Author,
    pub(super) now: &'a Moment,
    origin: ChangeOrigin,
    transition: &'a mut Transition,
    /// `true` if the caller itself sends peers what changes.
    caller_sends: bool,
    /// `true` if nothing changes that a journal keeps.
    is_derived: bool,
    /// What rows will take.
    usages: Usages,
    /// The slots of the rows that go because they have expired, or are evicted.
    gone: SlotSet,
    /// Rows that have expired and were not looked at yet. Most commits meet none.
    expired: Option<Box<Expired<'a>>>,
    /// How many went to make room.
    expired_for_room: usize,
}

/// The slots of rows that have expired: of both budgets, of the own one, of the foreign one.
type Expired<'a> = [Option<Box<dyn Iterator<Item = u32> + 'a>>; 3];

impl<'a> Plan<'a> {
    /// Begins to plan a transition, which is empty yet.
    pub(super) fn new(
        inner: &'a Inner,
        author: &'a Author,
        now: &'a Moment,
        (origin, transition): (ChangeOrigin, &'a mut Transition),
    ) -> Self {
        Self {
            inner,
            author,
            now,
            origin,
            transition,
            caller_sends: false,
            is_derived: false,
            usages: inner.engine.usages(),
            gone: SlotSet::default(),
            expired: None,
            expired_for_room: 0,
        }
    }

    /// Returns who is to know of what is planned.
    pub(super) fn audience(&self) -> Audience {
        let listener = self.origin == ChangeOrigin::Local && !self.caller_sends;
        Audience { listener, journal: !self.is_derived }
    }

    /// Says that nothing changes that a journal keeps: that only follows from it.
    pub(super) fn is_derived(&mut self) {
        self.is_derived = true;
    }

    /// Says that the caller itself sends peers what changes: the listener need not.
    pub(super) fn caller_sends(&mut self) {
        self.caller_sends = true;
    }

    pub(super) fn engine(&self) -> &'a Engine {
        &self.inner.engine
    }

    pub(super) fn schema(&self, id: SchemaId) -> &'a Schema {
        self.inner.schemas.get(id)
    }

    /// Returns the row of a key, unless it has expired.
    pub(super) fn live(&self, key: &RecordKey) -> Option<RowRef<'a>> {
        self.engine().get(key).filter(|row| !row.is_expired(self.now))
    }

    /// Returns what a write to this key replaces. A row that has expired goes before.
    pub(super) fn previous(&mut self, key: &RecordKey) -> Option<Previous> {
        self.previous_with(key, |_| {})
    }

    /// Does as [`previous`](Self::previous), and shows the row, if it has not expired.
    pub(super) fn previous_with(
        &mut self,
        key: &RecordKey,
        show: impl FnOnce(RowRef<'a>),
    ) -> Option<Previous> {
        let row = self.engine().get(key)?;
        let previous = self.previous_of(row)?;
        show(row);
        Some(previous)
    }

    /// Does as [`previous`](Self::previous) for a row that was looked up.
    pub(super) fn previous_of(&mut self, row: RowRef<'a>) -> Option<Previous> {
        if row.is_expired(self.now) {
            if let Some(slot) = row.volatile.slot {
                self.drop_slot(slot, ChangeOrigin::Expired);
            }
            return None;
        }
        Some(row.previous())
    }

    /// Plans that a row takes the place of what [`previous`](Self::previous) gave for its key: with the key that this
    /// has, if there was one.
    pub(super) fn put(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        row: Row,
        mut previous: Option<Previous>,
    ) {
        let key = match &mut previous {
            Some(previous) => {
                self.usage(previous.state().own).subtract(Usage::one(previous.weight));
                previous.take_key()
            }
            None => key.clone(),
        };
        self.usage(row.meta().state.own).add(Usage::one(row.weight(&key)));
        self.push(schema, key, Some(row), previous, self.origin);
    }

    /// Plans another standing for a row that stays as it is.
    pub(super) fn set_meta(&mut self, schema: SchemaId, row: RowRef<'a>, meta: RecordMeta) {
        if row.meta == meta {
            return;
        }
        let changed = Row::new(row.value, row.entries, meta);
        let changed = changed.charge_to(self.engine().attribution(row.volatile.slot));
        self.put(schema, &row.key().to_key(), changed, Some(row.previous()));
    }

    /// Plans that a row goes.
    pub(super) fn remove(&mut self, schema: SchemaId, mut previous: Previous) {
        let key = previous.take_key();
        self.remove_as((schema, key), previous, self.origin);
    }

    /// Plans that the row in a slot goes. Once is enough.
    pub(super) fn drop_slot(&mut self, slot: u32, origin: ChangeOrigin) -> Usage {
        if !self.gone.insert(slot) {
            return Usage::default();
        }
        let mut previous = self.engine().by_slot(slot).previous();
        let key = previous.take_key();
        let schema = self.inner.schemas.of_key(key.as_ref());
        let usage = Usage::one(previous.weight);
        self.remove_as((schema, key), previous, origin);
        usage
    }

    fn remove_as(
        &mut self,
        (schema, key): (SchemaId, RecordKey),
        previous: Previous,
        origin: ChangeOrigin,
    ) {
        self.usage(previous.state().own).subtract(Usage::one(previous.weight));
        self.push(schema, key, None, Some(previous), origin);
    }

    fn push(
        &mut self,
        schema: SchemaId,
        key: RecordKey,
        row: Option<Row>,
        previous: Option<Previous>,
        origin: ChangeOrigin,
    ) {
        self.transition.changes.push(RowChange { schema, key, row, previous, origin });
    }

    fn usage(&mut self, own: bool) -> &mut Usage {
        if own { &mut self.usages.own } else { &mut self.usages.foreign }
    }

    /// Issues a timestamp later than the wall clock, than all that was issued here, and than what is stored.
    ///
    /// What is stored may come from a peer whose clock is ahead. It moves no other key's timestamps, or
    /// one peer could drag everybody along.
    ///
    /// Only if the wall clock was set back so far that other peers would refuse what comes next, it goes back,
    /// too; the timestamps of one key grow even then.
    pub(super) fn next_timestamp(&mut self, stored: Option<Timestamp>) -> Timestamp {
        let (wall, clock) = (self.now.timestamp(), &mut self.transition.clock);
        let next = clock.next();
        let is_ahead = check_ahead(next, self.now.unix_ms()).is_err();
        *clock = if is_ahead { wall } else { wall.max(next) };
        (*clock).max(stored.map_or(wall, Timestamp::next))
    }
}
