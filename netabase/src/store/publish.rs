use std::{
    ops::{Bound, ControlFlow},
    time::Duration,
};

use libp2p::kad::{Record, RecordKey};

use super::{
    NetabaseStore,
    author::Author,
    bounds::Direction,
    changes::ChangeOrigin,
    clock::Moment,
    encoded::{Encoded, Stored},
    error::StoreError,
    inner::Inner,
    kad::{as_record, lease_end},
    lease::check_ahead,
    order::Whose,
    schemas::SchemaId,
    tracking::Renewal,
};
use crate::{
    record::{header_of, lease_end as new_lease, restamp, set_lease, unsigned},
    schema::{Access, NetabaseSchema},
};

/// How many values are signed under one lock: some 25 µs each.
const CHUNK: usize = 64;

impl NetabaseStore {
    /// The record of an encoded value of `V` that leaves the store without being written to it, as
    /// others take it: with a timestamp, the lease of its schema, and its owner's signature.
    ///
    /// # Errors
    ///
    /// [`StoreError::ClockAhead`] if others would refuse it.
    pub(crate) fn make_record<V: NetabaseSchema>(
        &self,
        key: RecordKey,
        mut value: Vec<u8>,
    ) -> Result<Record, StoreError> {
        let (now, author) = (self.now(), &self.shared.author);
        let mut inner = self.write(ChangeOrigin::Local);
        let stored = inner.table.get(&key).map(Stored::timestamp);
        let timestamp = inner.next_timestamp(&now, stored);
        drop(inner);
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

    /// An own record as peers are served it; one that was private is published by that. None if there is no
    /// such record now.
    ///
    /// The caller sends it.
    ///
    /// # Errors
    ///
    /// - [`StoreError::ClockAhead`] if peers would refuse it.
    /// - [`StoreError::FullOfBytes`] if there is no room for its signature.
    pub(crate) fn publish_one(
        &self,
        schema: SchemaId,
        key: &RecordKey,
    ) -> Result<Option<Record>, StoreError> {
        let now = self.now();
        let mut inner = self.write_at(ChangeOrigin::Local, &now);
        inner.publish(schema, key, &self.shared.author, &now)
    }

    /// The next own records of a schema behind a key, as peers are served them, at most `max`: those that
    /// were private are published by that. Tombstones come, too. Gives the key to go on behind, if any.
    pub(crate) fn publish_next(
        &self,
        (schema, prefix): (SchemaId, &[u8]),
        after: Option<&RecordKey>,
        max: usize,
    ) -> (Vec<Result<Record, StoreError>>, Option<RecordKey>) {
        let now = self.now();
        self.sweep_all(&now);
        let mut inner = self.write_at(ChangeOrigin::Local, &now);
        let lower = after.map_or(Bound::Included(prefix), |key| Bound::Excluded(key.as_ref()));
        let end = super::end_of_prefix(prefix);
        let bounds = (lower, end.as_ref().map(Vec::as_slice));
        let own = inner.table.range(bounds, Direction::Forward, Whose::Own);
        let keys: Vec<_> = own.map(|stored| stored.key().clone()).take(max).collect();
        let author = &self.shared.author;
        let publish = |key| inner.publish(schema, key, author, &now).transpose();
        let records = keys.iter().filter_map(publish).collect();
        (records, keys.into_iter().nth(max.saturating_sub(1)))
    }

    /// Renews the leases of own records of a schema that are due, at most `max` of them, the most urgent first,
    /// and gives the records to be sent. Those that peers would refuse are left as they are.
    pub(crate) fn renew_due(
        &self,
        schema: SchemaId,
        max: usize,
    ) -> Vec<Result<Record, StoreError>> {
        let (now, author) = (self.now(), &self.shared.author);
        self.sweep_all(&now);
        let due = self.shared.inner.read().due(schema, max, author, &now);
        let mut renewed = Vec::with_capacity(due.len());
        for keys in due.chunks(CHUNK) {
            let mut inner = self.write(ChangeOrigin::Local);
            let renew = |key| inner.renew_if_due(schema, key, author, &now).transpose();
            renewed.extend(keys.iter().filter_map(renew));
        }
        renewed
    }
}

impl Inner {
    /// Makes peers see a record that the application wrote. None if there is no such record now.
    ///
    /// The caller sends it.
    ///
    /// # Errors
    ///
    /// As [`renew`](Self::renew).
    fn publish(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        author: &Author,
        now: &Moment,
    ) -> Result<Option<Record>, StoreError> {
        let stored = self.table.get(key).filter(|stored| stored.state().own);
        let Some(stored) = stored.filter(|stored| !stored.is_expired(now)) else { return Ok(None) };
        if stored.state().served && !is_due(stored, author, now) {
            check_ahead(stored.timestamp(), now.unix_ms())?;
            return Ok(Some(as_record(stored, now)));
        }
        // Only one that peers are served is of any use, and its lease outlives what it deletes.
        if stored.header().tombstone {
            return Ok(None);
        }
        self.renew(schema, key, author, now).map(Some)
    }

    /// Gives an own value a lease that begins now: the same clock and payload, signed anew.
    ///
    /// # Errors
    ///
    /// - [`StoreError::ClockAhead`] if peers would refuse it.
    /// - [`StoreError::FullOfBytes`] if there is no room for the signature.
    fn renew(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        author: &Author,
        now: &Moment,
    ) -> Result<Record, StoreError> {
        let stored = self.table.get(key).expect("the caller saw it");
        check_ahead(stored.timestamp(), now.unix_ms())?;
        let value = Encoded::new(&unsigned(stored.value), stored.entries, stored.standing);
        let value = self.sealed(schema, key, &value, author, now);
        let old = stored.replaced();
        self.make_own_room(value.weight(key), Some(&old), now)?;
        self.store(schema, key.clone(), value, None, Some(&old));
        Ok(as_record(self.table.get(key).expect("it was just stored"), now))
    }

    /// As [`renew`](Self::renew), unless something has changed and the record is no longer due.
    fn renew_if_due(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
        author: &Author,
        now: &Moment,
    ) -> Result<Option<Record>, StoreError> {
        let stored = self.table.get(key).filter(|stored| is_due(*stored, author, now));
        if stored.is_none() {
            return Ok(None);
        }
        self.renew(schema, key, author, now).map(Some)
    }

    fn due(&self, schema: SchemaId, max: usize, author: &Author, now: &Moment) -> Vec<RecordKey> {
        let mut due = Vec::new();
        if max == 0 {
            return due;
        }
        let second = |ms: u64| u32::try_from(ms / 1000).unwrap_or(u32::MAX);
        let now_second = second(now.unix_ms());
        let half = second(now.after(author.max_lifetime / 2).unix_ms());
        let longest = second(now.after(author.max_lifetime).unix_ms()).saturating_add(2);
        let mut show = |slot| {
            if is_due(self.by_slot(slot), author, now) {
                due.push(self.tracking.key(slot).clone());
            }
            if due.len() < max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        // The two last are what a clock that was set leaves behind.
        for (renewal, ends) in [
            (Renewal::BeforeItEnds, 0..=half),
            (Renewal::OnceItHasEnded, 0..=now_second),
            (Renewal::BeforeItEnds, longest..=u32::MAX),
        ] {
            if self.tracking.deadlines.renewals(schema, renewal, ends, &mut show).is_break() {
                break;
            }
        }
        due
    }
}

/// Whether an own record that peers are served needs another lease: less than half of the longest is left,
/// or more than the longest, and there is life behind it. Not if peers would refuse its clock.
fn is_due(stored: Stored<'_>, author: &Author, now: &Moment) -> bool {
    let (state, header) = (stored.state(), stored.header());
    let left = (u64::from(header.not_after) * 1000).saturating_sub(now.unix_ms());
    let left = Duration::from_millis(left);
    let is_good =
        left >= author.max_lifetime / 2 && left <= author.max_lifetime + Duration::from_secs(1);
    let is_theirs_to_have = state.own && state.served && !header.tombstone;
    is_theirs_to_have
        && !is_good
        && stored.standing.is_renewable(header.not_after, now)
        && check_ahead(header.timestamp, now.unix_ms()).is_ok()
}
