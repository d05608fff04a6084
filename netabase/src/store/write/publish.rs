//! Makes own records peers': sealed, served, and given to be sent.

#[cfg(test)]
mod tests;

use std::{ops::Bound, slice, time::Duration};

use libp2p::kad::{Record, RecordKey};

use super::{
    pending::{LocalWrite, Pending},
    refused::Refused,
};
use crate::{
    record::{header_of, lease_end as new_lease, restamp, set_lease, unsigned},
    schema::{Access, Envelope, NetabaseSchema},
    store::{
        NetabaseStore,
        author::Author,
        bounds::{Direction, end_of_prefix},
        clock::Moment,
        commit::Pace,
        engine::{ChangeOrigin, Row, RowRef, SchemaId, Selection},
        error::WriteError,
        kad::{as_record, lease_end},
        lease::{LEASE_SLACK, check_ahead},
        plan::{Plan, replacing},
    },
};

impl NetabaseStore {
    /// Returns the record of an encoded value of `V` that leaves the store without being written to it, as
    /// others take it: with a timestamp, the lease of its schema, and its owner's signature.
    ///
    /// # Errors
    ///
    /// [`WriteError::ClockAhead`] if others would refuse it.
    pub(crate) fn make_record<V: NetabaseSchema>(
        &self,
        key: RecordKey,
        mut value: Vec<u8>,
    ) -> Result<Record, WriteError> {
        let (now, author) = (self.now(), &self.shared.author);
        let timestamp = self.change_at(Pace::Default, ChangeOrigin::Local, &now, |plan| {
            let stored = plan.engine().get(&key).map(RowRef::timestamp);
            Ok::<_, WriteError>(plan.next_timestamp(stored))
        })?;
        check_ahead(timestamp, now.unix_ms())?;
        restamp(&mut value, timestamp);
        if V::ACCESS == Access::Local {
            set_lease(&mut value, new_lease::<V>(now.unix_ms(), author.max_lifetime));
        } else {
            author.seal(V::ACCESS, &key, &mut value, V::TTL.map(|ttl| now.end_of(ttl)), &now);
        }
        let expires = lease_end(header_of(&value).not_after, now.now);
        Ok(Record { key, value, publisher: None, expires })
    }

    /// Returns an own record as peers are served it; one that was private is published by that. None if there is no
    /// such record now.
    ///
    /// The caller sends it.
    ///
    /// # Errors
    ///
    /// - [`WriteError::ClockAhead`] if peers would refuse it.
    /// - [`WriteError::OutOfRoom`] if there is no room for its signature.
    pub(crate) fn publish_one(
        &self,
        schema: SchemaId,
        key: &RecordKey,
    ) -> Result<Option<Record>, WriteError> {
        self.change_locally(|plan| {
            plan.caller_sends();
            plan.publish(schema, key)
        })
    }

    /// Stores a value and publishes it, in one commit, and returns its record as peers are served it. If the
    /// application has stored the same before, that is published as it is. None if the write is a removal.
    ///
    /// The caller sends it.
    ///
    /// # Errors
    ///
    /// Those of [`put_local`](Self::put_local) and [`publish_one`](Self::publish_one). Nothing is stored then.
    pub(crate) fn put_published(&self, write: LocalWrite) -> Result<Option<Record>, WriteError> {
        let published = self.change_locally(|plan| {
            plan.caller_sends();
            plan.put_published(write.publishing())
        });
        Ok(published?)
    }

    /// Returns the next own records of a schema behind a key, as peers are served them, at most `max`: those that
    /// were private are published by that. Tombstones come, too. Gives the key to go on behind, if any.
    pub(crate) fn publish_next(
        &self,
        (schema, prefix): (SchemaId, &[u8]),
        after: Option<&RecordKey>,
        max: usize,
    ) -> (Vec<Result<Record, WriteError>>, Option<RecordKey>) {
        let lower = after.map_or(Bound::Included(prefix), |key| Bound::Excluded(key.as_ref()));
        let end = end_of_prefix(prefix);
        let bounds = (lower, end.as_ref().map(Vec::as_slice));
        let published = self.change_locally(|plan| {
            let own = plan.engine().range(bounds, Direction::Forward, Selection::Own);
            let keys: Vec<_> = own.map(|row| row.key().to_key()).take(max).collect();
            let publish = |key| plan.publish(schema, key).transpose();
            let records = keys.iter().filter_map(publish).collect();
            Ok((records, keys.into_iter().nth(max.saturating_sub(1))))
        });
        published.unwrap_or_else(|error: WriteError| (vec![Err(error)], None))
    }
}

impl Plan<'_> {
    /// Plans that peers see a record that the application wrote. None if there is no such record now.
    ///
    /// # Errors
    ///
    /// As [`renew`](Self::renew).
    fn publish(&mut self, schema: SchemaId, key: &RecordKey) -> Result<Option<Record>, WriteError> {
        // Of tombstones, only one that peers are served is of any use, and its lease outlives what it deletes.
        let is_for_peers = |row: &RowRef<'_>| row.state().served || !row.header().tombstone;
        let row = self.live(key).filter(|row| row.state().own && is_for_peers(row));
        row.map(|row| self.publish_row(schema, row)).transpose()
    }

    /// Plans that peers see an own record, with the lease it has unless that is due.
    fn publish_row(&mut self, schema: SchemaId, row: RowRef<'_>) -> Result<Record, WriteError> {
        if row.state().served && !is_due(row, self.author, self.now) {
            check_ahead(row.timestamp(), self.now.unix_ms())?;
            return Ok(as_record(row, self.now));
        }
        self.renew(schema, row)
    }

    /// Plans a write that publishes, unless the application has stored the same value before: then that is published.
    fn put_published(&mut self, write: LocalWrite) -> Result<Option<Record>, Refused> {
        let (schema, stored) = (write.schema, self.live(&write.key));
        if let Some(stored) = stored.filter(|stored| is_same(*stored, &write)) {
            return Ok(Some(self.publish_row(schema, stored)?));
        }
        let mut pending = Pending::new(write, self);
        self.check(slice::from_ref(&pending))?;
        let Some(row) = pending.write.row.take() else { return Ok(None) };
        let row = self.stamped(&pending, row);
        check_ahead(row.header().timestamp, self.now.unix_ms())?;
        let record = self.record_of(&pending.write.key, &row);
        self.put(schema, &pending.write.key, row, pending.old);
        Ok(Some(record))
    }

    /// Plans that an own value has a lease that begins now: the same clock and payload, signed anew.
    ///
    /// # Errors
    ///
    /// - [`WriteError::ClockAhead`] if peers would refuse it.
    /// - [`WriteError::OutOfRoom`] if there is no room for the signature. Nothing is planned then.
    pub(super) fn renew(
        &mut self,
        schema: SchemaId,
        row: RowRef<'_>,
    ) -> Result<Record, WriteError> {
        check_ahead(row.timestamp(), self.now.unix_ms())?;
        let key = row.key().to_key();
        let renewed = Row::new(&unsigned(row.value), row.entries, row.meta);
        let renewed = self.sealed(schema, &key, &renewed);
        let (old, weight) = (row.previous(), renewed.weight(&key));
        self.make_own_room(|own| replacing(own, Some(&old), weight))?;
        let record = self.record_of(&key, &renewed);
        self.put(schema, &key, renewed, Some(old));
        Ok(record)
    }

    /// Returns the record of a sealed row, as peers are served it.
    fn record_of(&self, key: &RecordKey, sealed: &Row) -> Record {
        let expires = lease_end(sealed.header().not_after, self.now.now);
        Record { key: key.clone(), value: sealed.value().to_vec(), publisher: None, expires }
    }
}

/// Returns whether a row is the application's own and says what a write says, whenever that was.
fn is_same(row: RowRef<'_>, write: &LocalWrite) -> bool {
    let content = |value| Some(Envelope::parse(value).ok()?.content());
    let stored = content(row.value);
    let is_own = row.state().own && row.state().wanted;
    is_own && stored.is_some() && stored == write.value().and_then(content)
}

/// Returns whether an own record that peers are served needs another lease: less than half of the longest is left,
/// or more than peers take, and there is life behind it. Not if peers would refuse its clock.
pub(super) fn is_due(row: RowRef<'_>, author: &Author, now: &Moment) -> bool {
    let (state, header) = (row.state(), row.header());
    let left = (u64::from(header.not_after) * 1000).saturating_sub(now.unix_ms());
    let left = Duration::from_millis(left);
    // Within the slack peers take it: a shorter lease would make the value smaller than theirs.
    let is_good = left >= author.max_lifetime / 2 && left <= author.max_lifetime + LEASE_SLACK;
    let is_theirs_to_have = state.own && state.served && !header.tombstone;
    is_theirs_to_have
        && !is_good
        && row.meta.is_renewable(header.not_after, now)
        && check_ahead(header.timestamp, now.unix_ms()).is_ok()
}
