use std::{cmp::Ordering, time::Duration};

use libp2p::kad::{Record, RecordKey};

use super::{
    Inner, NetabaseStore,
    changes::ChangeOrigin,
    commit::{Room, check_value_len},
    error::StoreError,
    schemas::{Check, SchemaId},
    state::RecordState,
    table::Encoded,
};
use crate::{
    record::{self, RecordError},
    schema::{Access, Envelope, Timestamp, lease_is_over},
};

/// How far ahead of this machine's clock a record's may be.
const MAX_CLOCK_AHEAD: Duration = Duration::from_secs(10 * 60);

/// What became of a record that was handed in. The largest value of a key, by its bytes, wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PutOutcome {
    /// It is stored now.
    Stored,
    /// The same value was stored already.
    Equal,
    /// A larger, and so newer, value is stored and stays.
    Outdated,
}

/// Who handed a record in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Another peer, through Kademlia.
    Peer,
    /// The local peer, through Kademlia: it publishes the record itself.
    Publish,
    /// The application, through a database.
    Application,
}

impl Origin {
    fn of_change(self) -> ChangeOrigin {
        match self {
            Self::Publish => ChangeOrigin::Local,
            Self::Peer | Self::Application => ChangeOrigin::Remote,
        }
    }

    fn state(self) -> RecordState {
        let none = RecordState::default();
        match self {
            Self::Peer => RecordState { served: true, ..none },
            Self::Publish => RecordState { own: true, wanted: true, served: true },
            Self::Application => RecordState { wanted: true, ..none },
        }
    }
}

impl NetabaseStore {
    /// Takes a record that the application got from elsewhere into the view of its databases.
    pub(crate) fn put_record(&self, record: &Record) -> Result<PutOutcome, StoreError> {
        self.accept(record, Origin::Application)
    }

    /// Checks a record, cheapest checks first, and stores it if it is valid and the newest.
    pub(super) fn accept(&self, record: &Record, origin: Origin) -> Result<PutOutcome, StoreError> {
        check_value_len(record.value.len(), self.limits())?;
        let key = record::RecordKey::parse(record.key.as_ref())?;
        let (schema, check) = self.find_schema(&key, origin)?;
        let now_ms = self.shared.clock.now().unix_ms;
        check_times(&Envelope::parse(&record.value).map_err(RecordError::from)?, now_ms)?;
        let mut checked = false;
        let mut entries = Vec::new();
        loop {
            let newer =
                self.shared.inner.read().compare(record, origin, now_ms)? == Ordering::Greater;
            if newer && !checked {
                // Decoding runs code of the user, so it happens outside the lock.
                check(record.key.as_ref(), &record.value, &mut entries)?;
                checked = true;
            }
            let mut inner = self.write(origin.of_change());
            // Compared again: another writer may have come in between.
            match inner.compare(record, origin, now_ms)? {
                // What beat it was removed in between: once more, with the check.
                Ordering::Greater if !checked => {}
                Ordering::Greater => {
                    let old = inner.replaced(&record.key);
                    let state = origin.state();
                    let state = old.as_ref().map_or(state, |old| old.state.union(state));
                    let value = Encoded::new(&record.value, &entries, state);
                    let mut room = Room::new(&inner, self.limits());
                    room.put(value.weight(&record.key), old.as_ref());
                    room.check()?;
                    inner.store(schema, record.key.clone(), value, old.as_ref());
                    return Ok(PutOutcome::Stored);
                }
                Ordering::Equal => {
                    inner.add_state(schema, &record.key, origin.state());
                    return Ok(PutOutcome::Equal);
                }
                Ordering::Less => return Ok(PutOutcome::Outdated),
            }
        }
    }

    fn find_schema(
        &self,
        key: &record::RecordKey<'_>,
        origin: Origin,
    ) -> Result<(SchemaId, Check), StoreError> {
        let inner = self.shared.inner.read();
        let Some(id) = inner.schemas.find(key.schema) else {
            return Err(StoreError::UnknownSchema { name: key.schema.to_owned() });
        };
        let schema = inner.schemas.get(id);
        match (schema.access, origin) {
            (Access::Open, _) | (Access::Local, Origin::Application) => Ok((id, schema.check)),
            (Access::Owned, Origin::Application) => {
                Err(RecordError::Unsigned { schema: schema.name }.into())
            }
            (access, _) => Err(StoreError::NotAccepted { schema: schema.name, access }),
        }
    }
}

fn check_times(envelope: &Envelope<'_>, now_ms: u64) -> Result<(), StoreError> {
    check_ahead(envelope.timestamp, now_ms)?;
    if lease_is_over(envelope.not_after, now_ms) {
        return Err(StoreError::LeaseOver { not_after: envelope.not_after });
    }
    Ok(())
}

/// Refuses timestamps that other peers would refuse, too.
pub(super) fn check_ahead(timestamp: Timestamp, now_ms: u64) -> Result<(), StoreError> {
    let by = Duration::from_millis(timestamp.millis().saturating_sub(now_ms));
    if by > MAX_CLOCK_AHEAD { Err(StoreError::ClockAhead { by }) } else { Ok(()) }
}

impl Inner {
    /// How a record compares with what is stored under its key.
    fn compare(
        &self,
        record: &Record,
        origin: Origin,
        now_ms: u64,
    ) -> Result<Ordering, StoreError> {
        let Some(stored) = self.table.get(&record.key) else {
            return Ok(Ordering::Greater);
        };
        if origin == Origin::Peer && stored.state.own && !stored.state.served {
            return Err(StoreError::Private);
        }
        // A copy of somebody else's record whose lease is over must not keep a live one out.
        if !stored.state.own && lease_is_over(stored.header().not_after, now_ms) {
            return Ok(Ordering::Greater);
        }
        Ok(record.value.as_slice().cmp(stored.value))
    }

    fn add_state(&mut self, schema: SchemaId, key: &RecordKey, state: RecordState) {
        if let Some(old) = self.table.get(key) {
            let state = old.state.union(state);
            self.set_state(schema, key, state);
        }
    }
}
