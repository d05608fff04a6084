//! Owned records that no type here can read: of schemas that no database was opened for, or of other versions or
//! codecs of those that are known. They are held for peers, by their owner's signature alone, and belong to no schema.

use std::error::Error;

use super::{
    NetabaseStore,
    changes::ChangeOrigin,
    encoded::{Encoded, Standing},
    error::StoreError,
    judge::contained,
    page::View,
    raw::RawRecord,
    schemas::{Check, SchemaId},
};
use crate::{
    record::owned_prefix,
    schema::{Envelope, NetabaseSchema},
};

/// How many records are evicted under one lock.
const CHUNK: usize = 64;

impl NetabaseStore {
    /// Makes the store know `V`, so that its records are accepted, and those that are held already are `V`'s.
    pub(crate) fn register<V: NetabaseSchema>(&self) -> Result<SchemaId, StoreError> {
        let mut inner = self.write(ChangeOrigin::Local);
        let schema = inner.schemas.register::<V>(&self.peer_id())?;
        let is_learned = inner.schemas.get(schema).is_learned;
        drop(inner);
        if !is_learned {
            self.learn(schema);
        }
        Ok(schema)
    }

    /// Lets a schema's type read the records of its name that came in before it was known.
    ///
    /// None comes in unread any more: what was on its way is checked again. So one walk finds them all, which
    /// whoever opens a database meanwhile does, too, rather than wait: it finds them read, or reads them. One
    /// record at a time: it is served all the while, and no lock is held for long.
    fn learn(&self, schema: SchemaId) {
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
                self.learn_one(schema, (name, check), &held);
            }
        }
        self.write(ChangeOrigin::Local).schemas.get_mut(schema).is_learned = true;
    }

    /// Puts a record that was held unread in its place, or drops it if its schema's type refuses it. It keeps its
    /// state, and is put down to whom it was.
    fn learn_one(
        &self,
        schema: SchemaId,
        (name, check): (&'static str, Check),
        RawRecord { record, .. }: &RawRecord,
    ) {
        let (key, value) = (&record.key, &record.value);
        let mut entries = Vec::new();
        // Runs code of the user: without the lock.
        let refused = contained(name, || check(key.as_ref(), value, &mut entries)).err();
        let now = self.now();
        let mut inner = self.write(ChangeOrigin::Remote);
        let Some(old) = inner.replaced(key, &now).filter(|old| old.standing.opaque) else { return };
        // Whatever took its place was checked.
        if inner.table.get(key).is_none_or(|stored| stored.value != value) {
            return;
        }
        if let Some(refused) = refused {
            inner.drop_record(&old);
            drop(inner);
            let error: &(dyn Error + 'static) = &refused;
            tracing::debug!(?key, error, "dropped a record that its schema refuses");
            return;
        }
        let foreign = inner.tracking.foreign(old.slot);
        let value = Encoded::new(value, &entries, Standing { opaque: false, ..old.standing });
        inner.store(schema, key.clone(), value, foreign, Some(&old));
        drop(inner);
        if !entries.is_empty() {
            self.make_up_for_entries();
        }
    }

    /// Index entries take room, which the records had not yet: whoever holds most gives it up.
    fn make_up_for_entries(&self) {
        while self.shared.inner.read().has_excess() {
            let mut inner = self.write(ChangeOrigin::Evicted);
            inner.evict_excess(CHUNK);
        }
    }
}
