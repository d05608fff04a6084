use std::{cmp::Ordering, time::Duration};

use libp2p::kad::{Record, RecordKey};

use super::{
    Inner, NetabaseStore,
    error::StoreError,
    local::{Room, check_value_len},
    schemas::{Check, SchemaId},
    state::RecordState,
    table::{Replaced, is_visible, with_state},
};
use crate::{
    record::{self, RecordError},
    schema::{Access, Envelope, EnvelopeHeader, lease_is_over},
};

/// How far ahead of this machine's clock a record's may be.
const MAX_CLOCK_AHEAD: Duration = Duration::from_secs(10 * 60);

/// What became of a record that was handed in. The largest value of a key, by its bytes, wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        self.check_times(&Envelope::parse(&record.value).map_err(RecordError::from)?)?;
        let mut checked = false;
        loop {
            let newer = self.shared.inner.read().compare(record, origin)? == Ordering::Greater;
            if newer && !checked {
                // Decoding runs code of the user, so it happens outside the lock.
                check(record.key.as_ref(), &record.value)?;
                checked = true;
            }
            let mut inner = self.shared.inner.write();
            // Compared again: another writer may have come in between.
            match inner.compare(record, origin)? {
                // What beat it was removed in between: once more, with the check.
                Ordering::Greater if !checked => {}
                Ordering::Greater => {
                    let old = inner.replaced(&record.key);
                    let mut room = Room::new(&inner, self.limits());
                    let old_len = old.as_ref().map(|old| old.value_len);
                    room.add(&record.key, record.value.len(), old_len);
                    room.check()?;
                    inner.take(schema, record, old, origin.state());
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

    fn check_times(&self, envelope: &Envelope<'_>) -> Result<(), StoreError> {
        let now_ms = self.shared.clock.now().unix_ms;
        let by = Duration::from_millis(envelope.timestamp.millis().saturating_sub(now_ms));
        if by > MAX_CLOCK_AHEAD {
            return Err(StoreError::ClockAhead { by });
        }
        if lease_is_over(envelope.not_after, now_ms) {
            return Err(StoreError::LeaseOver { not_after: envelope.not_after });
        }
        Ok(())
    }
}

impl Inner {
    /// How a record compares with what is stored under its key.
    fn compare(&self, record: &Record, origin: Origin) -> Result<Ordering, StoreError> {
        let Some(stored) = self.table.get(&record.key) else {
            return Ok(Ordering::Greater);
        };
        if origin == Origin::Peer && stored.state.own && !stored.state.served {
            return Err(StoreError::Private);
        }
        Ok(record.value.as_slice().cmp(stored.value))
    }

    fn take(
        &mut self,
        schema: SchemaId,
        record: &Record,
        old: Option<Replaced>,
        state: RecordState,
    ) {
        let state = old.as_ref().map_or(state, |old| old.state.union(state));
        let value = with_state(&record.value, state);
        let header = EnvelopeHeader::peek(&record.value);
        let visible = header.is_some_and(|header| is_visible(state, header));
        self.store(schema, record.key.clone(), value, old, visible);
    }

    fn add_state(&mut self, schema: SchemaId, key: &RecordKey, state: RecordState) {
        if let Some(old) = self.table.get(key) {
            let state = old.state.union(state);
            self.set_state(schema, key, state);
        }
    }
}
