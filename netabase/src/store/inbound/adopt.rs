//! Opening a schema, and adopting the records of its name that were held unread.
//!
//! Records that no type here has read are held on what can be told without one: others' of schemas that no database was
//! opened for, or of other versions or codecs of those that are known, and all that a store on disk has loaded.

use std::error::Error;

use crate::{
    record::{check_readable, schema_prefix},
    schema::{Access, Envelope, NetabaseSchema},
    store::{
        NetabaseStore,
        catch_panic::catch_panic,
        commit::{CommitError, Pace},
        engine::{ChangeOrigin, RecordMeta, Row, SchemaId},
        error::{ArrivalError, OpenError},
        plan::Plan,
        query::{RawRecord, View},
        schemas::Check,
    },
};

/// How many records are adopted, or evicted, under one lock.
const CHUNK: usize = 64;

/// A schema that is being opened.
struct Opened {
    id: SchemaId,
    name: &'static str,
    version: u32,
    access: Access,
    check: Check,
}

/// A record that was held unread, and what its schema's type says of it.
struct Held {
    raw: RawRecord,
    /// Its index entries.
    checked: Result<Vec<u8>, ArrivalError>,
}

impl NetabaseStore {
    /// Makes the store know `V`, so that its records are accepted, and those that are held already are `V`'s.
    pub(crate) fn register<V: NetabaseSchema>(&self) -> Result<SchemaId, OpenError> {
        let (schema, is_adopted) = self.configure(|inner| {
            let schema = inner.schemas.register::<V>(&mut inner.engine, &self.peer_id())?;
            self.journal_schema(inner, schema);
            Ok::<_, OpenError>((schema, inner.schemas.get(schema).is_adopted))
        })?;
        if !is_adopted {
            self.adopt(schema);
        }
        Ok(schema)
    }

    /// Lets a schema's type read the records of its name that came in before it was known.
    ///
    /// None comes in unread any more: what was on its way is checked again. So one walk finds them all, which
    /// whoever opens a database meanwhile does, too, rather than wait: it finds them read, or reads them. A few
    /// records at a time: they are served all the while, and no lock is held for long.
    fn adopt(&self, id: SchemaId) {
        let opened = {
            let inner = self.shared.inner.read();
            let schema = inner.schemas.get(id);
            let (name, version, access) = (schema.name, schema.version, schema.access);
            Opened { id, name, version, access, check: schema.check }
        };
        self.adopt_with_access(&opened, opened.access);
        if opened.access != Access::Owned {
            // Peers may have sent owned records of this name: those were taken in unread, and are refused now.
            self.adopt_with_access(&opened, Access::Owned);
        }
        self.configure(|inner| inner.schemas.get_mut(id).is_adopted = true);
    }

    fn adopt_with_access(&self, opened: &Opened, access: Access) {
        let prefix = schema_prefix(opened.name, access);
        let unread = self.raw_walk(&prefix, View::Opaque, true);
        let mut held = unread.filter(|raw| opened.can_read(raw)).map(|raw| opened.check(raw));
        loop {
            let chunk: Vec<_> = held.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            self.adopt_chunk(opened, chunk);
        }
    }

    /// Puts records that were held unread in their place. Others' are dropped if their schema's type refuses them; what
    /// the application wrote, or asked for, stays as it is. They keep their state, and are put down to whom they were.
    fn adopt_chunk(&self, opened: &Opened, chunk: Vec<Held>) {
        let (now, id) = (self.now(), opened.id);
        let (read, refused): (Vec<_>, Vec<_>) =
            chunk.into_iter().partition(|held| held.checked.is_ok());
        let adopted: Result<bool, CommitError> = self.change(ChangeOrigin::Remote, &now, |plan| {
            // A journal has the rows, and their entries follow from them.
            plan.is_derived();
            let mut has_entries = false;
            for held in &read {
                has_entries |= plan.adopt(id, held);
            }
            Ok(has_entries)
        });
        let refused: Vec<_> = refused.into_iter().filter(|held| opened.is_dropped(held)).collect();
        // It may wait: the journal may be full for a moment, and nobody looks for them again.
        let (pace, origin) = (Pace::Default, ChangeOrigin::Remote);
        let dropped: Result<(), CommitError> = self.change_at(pace, origin, &now, |plan| {
            for held in &refused {
                plan.drop_refused(id, &held.raw);
            }
            Ok(())
        });
        // A damaged store keeps what it has, and so does one that cannot write.
        drop(dropped);
        if adopted.is_ok_and(|any| any) {
            // Index entries take room, which the records had not yet: the source that holds most gives it up.
            self.evict_all_excess(&now, CHUNK);
        }
    }
}

impl Opened {
    fn can_read(&self, raw: &RawRecord) -> bool {
        let Ok(envelope) = Envelope::parse(&raw.record.value) else { return false };
        self.access != Access::Owned || check_readable(self.name, self.version, &envelope).is_ok()
    }

    /// Runs code of the user: without the lock.
    fn check(&self, raw: RawRecord) -> Held {
        let mut entries = Vec::new();
        let (key, value) = (raw.record.key.as_ref(), &raw.record.value);
        let checked = catch_panic(self.name, || (self.check)(key, value, &mut entries));
        Held { checked: checked.map(|()| entries), raw }
    }

    /// Returns whether a record that was refused is dropped, and says so.
    fn is_dropped(&self, held: &Held) -> bool {
        let (key, state) = (&held.raw.record.key, held.raw.state);
        let Err(error) = &held.checked else { return false };
        let error: &(dyn Error + 'static) = error;
        if state.own || state.wanted {
            tracing::warn!(schema = self.name, ?key, error, "cannot read a record that is stored");
            return false;
        }
        tracing::debug!(?key, error, "dropped a record that its schema refuses");
        true
    }
}

impl Plan<'_> {
    /// Plans that a record that was held unread has its index entries. False if it is not there any more, or has none.
    fn adopt(&mut self, schema: SchemaId, held: &Held) -> bool {
        let Ok(entries) = &held.checked else { return false };
        let row = self.live(&held.raw.record.key).filter(|row| row.meta.opaque);
        // Whatever took its place was checked.
        let Some(row) = row.filter(|row| row.value == held.raw.record.value) else { return false };
        let adopted = Row::new(row.value, entries, RecordMeta { opaque: false, ..row.meta });
        let adopted = adopted.charge_to(self.engine().attribution(row.volatile.slot));
        self.put(schema, &row.key().to_key(), adopted, Some(row.previous()));
        !entries.is_empty()
    }

    /// Plans that a record goes that its schema's type refuses.
    fn drop_refused(&mut self, schema: SchemaId, held: &RawRecord) {
        let row = self.live(&held.record.key).filter(|row| row.meta.opaque);
        if let Some(row) = row.filter(|row| row.value == held.record.value) {
            self.remove(schema, row.previous());
        }
    }
}
