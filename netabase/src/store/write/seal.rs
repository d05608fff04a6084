//! Makes values what peers accept: with a lease from now on and, if their schema is owned, signed.

use libp2p::kad::RecordKey;

use crate::{
    record::write_tombstone,
    schema::Timestamp,
    store::{
        engine::{Previous, RecordMeta, Row, SchemaId},
        plan::Plan,
        state::RecordState,
    },
};

impl Plan<'_> {
    /// Returns an own value as peers are served it.
    pub(super) fn sealed(&self, schema: SchemaId, key: &RecordKey, unsigned: &Row) -> Row {
        let mut value = unsigned.value().to_vec();
        let RecordMeta { state, ends, opaque, .. } = unsigned.meta();
        let access = self.schema(schema).access;
        let renewable = self.author.seal(access, key, &mut value, ends, self.now);
        let state = RecordState { served: true, ..state };
        let meta = RecordMeta { state, ends, shared: true, renewable, opaque };
        Row::new(&value, unsigned.entries(), meta)
    }

    /// Returns what deletes a record, as peers are served it.
    pub(super) fn sealed_tombstone(
        &self,
        schema: SchemaId,
        key: &RecordKey,
        timestamp: Timestamp,
        state: RecordState,
    ) -> Row {
        let mut value = Vec::new();
        write_tombstone(self.schema(schema).version, timestamp, &mut value);
        let row = Row::new(&value, &[], RecordMeta { state, ..RecordMeta::default() });
        self.sealed(schema, key, &row)
    }

    /// Plans that a row goes which databases show.
    pub(super) fn remove_shown(&mut self, schema: SchemaId, key: &RecordKey, old: Previous) {
        let state = RecordState { wanted: false, ..old.state() };
        if state.own && old.meta.shared {
            // Other peers may hold copies: only a newer tombstone deletes those.
            let timestamp = self.next_timestamp(Some(old.header.timestamp));
            let row = self.sealed_tombstone(schema, key, timestamp, state);
            self.put(schema, key, row, Some(old));
        } else if state.served
            && let Some(row) = self.live(key)
        {
            // Somebody else's record: databases forget it, Kademlia does not.
            self.set_meta(schema, row, RecordMeta { state, ..old.meta });
        } else {
            self.remove(schema, old);
        }
    }
}
