//! How a record that was checked comes to stand in the store.

use super::{Arrival, Origin};
use crate::{
    record,
    schema::{Access, EnvelopeHeader},
    store::{
        author::Author,
        encoded::{Encoded, Replaced, Standing, Stored},
        error::StoreError,
        inner::Inner,
        state::RecordState,
        tracking::{Foreign, PublisherId},
    },
};

impl Arrival<'_> {
    /// What the record is to this store once it is in.
    fn standing(&self, inner: &Inner, old: Option<&Replaced>, header: EnvelopeHeader) -> Standing {
        let before = old.map(|old| old.standing).unwrap_or_default();
        // An own key stays own, until the application has removed it and its tombstone is beaten.
        let removed = old.is_some_and(Replaced::is_removed) && !header.tombstone;
        let own = before.state.own && !removed;
        let mut state = RecordState { own, ..before.state }.union(self.state);
        if header.tombstone && self.origin == Origin::Publish {
            // The application's own removal, on its way to peers: it does not want the key again.
            state.wanted = before.state.wanted;
        }
        let standing = Standing {
            state,
            ends: self.ends(inner, state, before.ends, header),
            shared: state.own && (before.shared || state.served),
            renewable: false,
            opaque: self.opaque,
        };
        Standing { renewable: standing.is_renewable(header.not_after, &self.now), ..standing }
    }

    fn ends(
        &self,
        inner: &Inner,
        state: RecordState,
        before: Option<u64>,
        header: EnvelopeHeader,
    ) -> Option<u64> {
        let of_schema = || inner.schemas.get(self.schema).ttl.map(|ttl| self.now.end_of(ttl));
        match (state.own, self.origin) {
            // It ends with its lease: not before what it deletes.
            _ if header.tombstone => None,
            // A local record that was handed over as it is has no lease.
            (false, _) if header.not_after == 0 => of_schema(),
            (false, _) => None,
            (true, Origin::Publish) => of_schema(),
            (true, _) => before,
        }
    }
}

impl Inner {
    /// Stores a value that was checked in place of an older one, if its budget has room.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`], [`StoreError::FullOfBytes`], [`StoreError::ForeignFull`]; nothing is stored
    /// then.
    pub(in crate::store) fn admit(
        &mut self,
        arrival: &Arrival<'_>,
        value: &[u8],
        entries: &[u8],
        old: Option<&Replaced>,
        author: &Author,
    ) -> Result<(), StoreError> {
        let header = record::header_of(value);
        let standing = arrival.standing(self, old, header);
        let value = Encoded::new(value, entries, standing);
        let weight = value.weight(arrival.key());
        let mut foreign = None;
        if standing.state.own {
            self.make_own_room(weight, old, &arrival.now)?;
        } else {
            let (source, distance) =
                (arrival.origin.source(), author.distance_prefix(arrival.key()));
            self.make_foreign_room((source, distance), weight, old, &arrival.now)?;
            let publisher = self.publisher_of(arrival, author);
            let source = self.tracking.sources.place(source);
            foreign = Some(Foreign { publisher, source, distance });
        }
        self.store(arrival.schema, arrival.key().clone(), value, foreign, old);
        Ok(())
    }

    /// The same record came again: it may be seen by more than before.
    ///
    /// # Errors
    ///
    /// As [`admit`](Self::admit), if it becomes the application's own.
    pub(in crate::store) fn confirm(
        &mut self,
        arrival: &Arrival<'_>,
        author: &Author,
    ) -> Result<(), StoreError> {
        let Some(old) = self.table.get(arrival.key()).map(Stored::replaced) else { return Ok(()) };
        let mut state = old.state().union(arrival.state);
        if old.header.tombstone && arrival.origin == Origin::Publish {
            state.wanted = old.state().wanted;
        }
        // Whoever sent it first is charged for it still.
        if state.own == old.state().own {
            let shared = state.own && (old.standing.shared || state.served);
            let standing = Standing { state, shared, ..old.standing };
            let renewable = standing.is_renewable(old.header.not_after, &arrival.now);
            let standing = Standing { renewable, ..standing };
            self.set_standing(arrival.schema, arrival.key(), standing);
            return Ok(());
        }
        let stored = self.table.get(arrival.key()).expect("it was just there");
        let (value, entries) = (stored.value.to_vec(), stored.entries.to_vec());
        self.admit(arrival, &value, &entries, Some(&old), author)
    }

    /// Databases show the value that is stored, since the application asked for its key.
    pub(super) fn want(&mut self, arrival: &Arrival<'_>) {
        let stored = self.table.get(arrival.key()).filter(|stored| !stored.header().tombstone);
        if let Some(standing) = stored.map(|stored| stored.standing) {
            let state = RecordState { wanted: true, ..standing.state };
            self.set_standing(arrival.schema, arrival.key(), Standing { state, ..standing });
        }
    }

    fn publisher_of(&mut self, arrival: &Arrival<'_>, author: &Author) -> Option<PublisherId> {
        let publisher = arrival.publisher.filter(|publisher| *publisher != author.peer_id)?;
        let publishers = &mut self.tracking.publishers;
        match arrival.access {
            Access::Owned => Some(publishers.place_signer(&publisher)),
            Access::Local | Access::Open => {
                publishers.place_claimed(&publisher, self.limits.max_claimed_publishers)
            }
        }
    }
}
