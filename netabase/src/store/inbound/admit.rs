//! The last stage: how a record that was checked comes to stand in the store.

use std::cmp::Ordering;

use super::{
    PutOutcome,
    arrival::{Arrival, Origin},
    check::Checked,
};
use crate::{
    record,
    schema::{Access, EnvelopeHeader},
    store::{
        engine::{Attribution, Previous, Publisher, RecordMeta, Row, SchemaId},
        error::ArrivalError,
        plan::{Plan, replacing},
        state::RecordState,
    },
};

/// What came of an attempt.
pub(super) enum Admission {
    Done(PutOutcome),
    /// It is the newest now, but was not checked.
    Unchecked,
    /// A database made the record's schema known since it was parsed.
    Overtaken,
}

impl Plan<'_> {
    /// Plans that a record is stored if it is the newest, or confirmed if it is stored already.
    pub(super) fn admit(
        &mut self,
        arrival: &Arrival<'_>,
        checked: Option<&Checked>,
    ) -> Result<Admission, ArrivalError> {
        if self.is_overtaken(arrival) {
            return Ok(Admission::Overtaken);
        }
        // Compared again: another writer may have come in between.
        let row = self.engine().get(arrival.key());
        let live = row.filter(|row| !row.is_expired(self.now));
        match (arrival.compare_with(live)?, checked) {
            (Ordering::Greater, None) => Ok(Admission::Unchecked),
            (Ordering::Greater, Some(checked)) => {
                let old = row.and_then(|row| self.previous_of(row));
                self.take_in(arrival, arrival.value(), &checked.entries, old)?;
                Ok(Admission::Done(PutOutcome::Stored))
            }
            (Ordering::Equal, _) => {
                self.confirm(arrival)?;
                Ok(Admission::Done(PutOutcome::Equal))
            }
            (Ordering::Less, _) => {
                if arrival.origin == Origin::Application {
                    self.want(arrival);
                }
                Ok(Admission::Done(PutOutcome::Outdated))
            }
        }
    }

    /// Returns whether the record's schema was made known since it was parsed, or its type. One that was known stays
    /// what it is.
    fn is_overtaken(&self, arrival: &Arrival<'_>) -> bool {
        let is_known = || self.inner.schemas.of_key(arrival.key().as_ref()) != SchemaId::UNKNOWN;
        let is_unread = self.schema(arrival.schema).is_unread();
        arrival.is_unread != is_unread || arrival.schema == SchemaId::UNKNOWN && is_known()
    }

    /// Plans that a value that was checked takes the place of an older one, if its budget has room.
    ///
    /// # Errors
    ///
    /// [`ArrivalError::OutOfRoom`], [`ArrivalError::ForeignFull`].
    pub(super) fn take_in(
        &mut self,
        arrival: &Arrival<'_>,
        value: &[u8],
        entries: &[u8],
        old: Option<Previous>,
    ) -> Result<(), ArrivalError> {
        let header = record::header_of(value);
        let meta = self.meta_of(arrival, old.as_ref(), header);
        let mut row = Row::new(value, entries, meta);
        let weight = row.weight(arrival.key());
        if meta.state.own {
            self.make_own_room(|own| replacing(own, old.as_ref(), weight))?;
        } else {
            let mut attribution = Attribution {
                publisher: None,
                source: arrival.origin.source(),
                distance: self.author.distance_prefix(arrival.key()),
            };
            self.make_foreign_room(&attribution, weight, old.as_ref())?;
            attribution.publisher = self.publisher_of(arrival);
            row = row.charge_to(Some(attribution));
        }
        self.put(arrival.schema, arrival.key(), row, old);
        Ok(())
    }

    /// Plans that a record that came again may be seen by more than before.
    ///
    /// # Errors
    ///
    /// As [`take_in`](Self::take_in), if it becomes the application's own.
    pub(super) fn confirm(&mut self, arrival: &Arrival<'_>) -> Result<(), ArrivalError> {
        let Some(row) = self.live(arrival.key()) else { return Ok(()) };
        let header = row.header();
        let state = state_of(arrival, row.state(), header, header.tombstone);
        // The first sender is charged for it still.
        if state.own == row.state().own {
            let shared = state.own && (row.meta.shared || state.served);
            let meta = RecordMeta { state, shared, ..row.meta };
            let renewable = meta.is_renewable(header.not_after, &arrival.now);
            self.set_meta(arrival.schema, row, RecordMeta { renewable, ..meta });
            return Ok(());
        }
        self.take_in(arrival, row.value, row.entries, Some(row.previous()))
    }

    /// Plans that databases show the value that is stored, since the application asked for its key.
    fn want(&mut self, arrival: &Arrival<'_>) {
        if let Some(row) = self.live(arrival.key()).filter(|row| !row.header().tombstone) {
            let state = RecordState { wanted: true, ..row.state() };
            self.set_meta(arrival.schema, row, RecordMeta { state, ..row.meta });
        }
    }

    /// Returns what the record is to this store once it is in.
    fn meta_of(
        &self,
        arrival: &Arrival<'_>,
        old: Option<&Previous>,
        header: EnvelopeHeader,
    ) -> RecordMeta {
        let before = old.map(|old| old.meta).unwrap_or_default();
        // An own key stays own, until the application has removed it and its tombstone is beaten.
        let removed = old.is_some_and(Previous::is_removed) && !header.tombstone;
        let own = before.state.own && !removed;
        let was_tombstone = old.is_some_and(|old| old.header.tombstone);
        let before_state = RecordState { own, ..before.state };
        let state = state_of(arrival, before_state, header, was_tombstone);
        let meta = RecordMeta {
            state,
            ends: self.end_of(arrival, state, before.ends, header),
            shared: state.own && (before.shared || state.served),
            renewable: false,
            opaque: arrival.opaque,
        };
        RecordMeta { renewable: meta.is_renewable(header.not_after, &arrival.now), ..meta }
    }

    fn end_of(
        &self,
        arrival: &Arrival<'_>,
        state: RecordState,
        before: Option<u64>,
        header: EnvelopeHeader,
    ) -> Option<u64> {
        let of_schema = || self.schema(arrival.schema).ttl.map(|ttl| arrival.now.end_of(ttl));
        match (state.own, arrival.origin) {
            // It ends with its lease: not before what it deletes.
            _ if header.tombstone => None,
            // A local record that was handed over as it is has no lease.
            (false, _) if header.not_after == 0 => of_schema(),
            (false, _) => None,
            (true, Origin::Publish) => of_schema(),
            (true, _) => before,
        }
    }

    fn publisher_of(&self, arrival: &Arrival<'_>) -> Option<Publisher> {
        let peer = arrival.publisher.filter(|publisher| *publisher != self.author.peer_id)?;
        let has_signed = arrival.access == Access::Owned;
        let max = self.inner.limits.max_claimed_publishers;
        let is_kept = has_signed || self.engine().admits_claim(&peer, max, self.gone());
        is_kept.then_some(Publisher { peer, has_signed })
    }
}

/// Returns the state of a record once it is in. `was_tombstone` tells whether there is, or was, one in its place.
fn state_of(
    arrival: &Arrival<'_>,
    before: RecordState,
    header: EnvelopeHeader,
    was_tombstone: bool,
) -> RecordState {
    let state = before.union(arrival.state);
    // The application's own removal, on its way to peers or handed in once more, does not ask for the key again.
    let is_removed = was_tombstone && before.own && !before.wanted;
    if header.tombstone && (arrival.origin == Origin::Publish || is_removed) {
        return RecordState { wanted: before.wanted, ..state };
    }
    state
}
