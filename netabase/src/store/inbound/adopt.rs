//! Opening a schema, and adopting the records of its name that were held unread.
//!
//! Owned records that no type here can read, of schemas that no database was opened for, or of other versions or
//! codecs of those that are known, are held for peers by their owner's signature alone, and belong to no schema.

use std::error::Error;

use crate::{
    record::owned_prefix,
    schema::{Envelope, NetabaseSchema},
    store::{
        NetabaseStore,
        catch_panic::catch_panic,
        engine::{ChangeOrigin, Damaged, RecordMeta, Row, SchemaId},
        error::OpenError,
        plan::Plan,
        query::{RawRecord, View},
        schemas::Check,
    },
};

/// How many records are evicted under one lock.
const CHUNK: usize = 64;

impl NetabaseStore {
    /// Makes the store know `V`, so that its records are accepted, and those that are held already are `V`'s.
    pub(crate) fn register<V: NetabaseSchema>(&self) -> Result<SchemaId, OpenError> {
        let (schema, is_adopted) = self.configure(|inner| {
            let schema = inner.schemas.register::<V>(&mut inner.engine, &self.peer_id())?;
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
    /// whoever opens a database meanwhile does, too, rather than wait: it finds them read, or reads them. One
    /// record at a time: it is served all the while, and no lock is held for long.
    fn adopt(&self, schema: SchemaId) {
        let (name, check) = {
            let inner = self.shared.inner.read();
            let schema = inner.schemas.get(schema);
            (schema.name, schema.check)
        };
        for held in self.raw_walk(&owned_prefix(name), View::Opaque, true) {
            let can_read = |envelope: Envelope<'_>| {
                self.shared.inner.read().schemas.get(schema).check_readable(&envelope).is_ok()
            };
            if Envelope::parse(&held.record.value).is_ok_and(can_read) {
                self.adopt_one(schema, (name, check), &held);
            }
        }
        self.configure(|inner| inner.schemas.get_mut(schema).is_adopted = true);
    }

    /// Puts a record that was held unread in its place, or drops it if its schema's type refuses it. It keeps its
    /// state, and is put down to whom it was.
    fn adopt_one(&self, schema: SchemaId, (name, check): (&'static str, Check), held: &RawRecord) {
        let (key, value) = (&held.record.key, &held.record.value);
        let mut entries = Vec::new();
        // Runs code of the user: without the lock.
        let checked = catch_panic(name, || check(key.as_ref(), value, &mut entries));
        let now = self.now();
        let adopted = self.change(ChangeOrigin::Remote, &now, |plan| {
            plan.adopt(schema, held, checked.is_ok().then_some(&entries));
            Ok::<_, Damaged>(())
        });
        // A damaged store keeps what it has.
        if adopted.is_err() {
            return;
        }
        if let Err(refused) = checked {
            let error: &(dyn Error + 'static) = &refused;
            tracing::debug!(?key, error, "dropped a record that its schema refuses");
        } else if !entries.is_empty() {
            // Index entries take room, which the records had not yet: the source that holds most gives it up.
            self.evict_all_excess(&now, CHUNK);
        }
    }
}

impl Plan<'_> {
    /// Plans that a record that was held unread has these index entries, or goes if it has none since it is refused.
    fn adopt(&mut self, schema: SchemaId, held: &RawRecord, entries: Option<&Vec<u8>>) {
        let row = self.live(&held.record.key).filter(|row| row.meta.opaque);
        // Whatever took its place was checked.
        let Some(row) = row.filter(|row| row.value == held.record.value) else { return };
        let Some(entries) = entries else {
            self.remove(schema, row.previous());
            return;
        };
        let adopted = Row::new(row.value, entries, RecordMeta { opaque: false, ..row.meta });
        let adopted = adopted.charge_to(self.engine().attribution(row.volatile.slot));
        self.put(schema, &row.key().to_key(), adopted, Some(row.previous()));
    }
}
