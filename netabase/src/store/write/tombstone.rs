//! Tombstones for what other peers may hold.

use libp2p::kad::Record;

use crate::{
    record::header_of,
    store::{
        NetabaseStore,
        engine::{Previous, SchemaId},
        error::WriteError,
        lease::check_ahead,
        plan::replacing,
        state::RecordState,
    },
};

impl NetabaseStore {
    /// Puts a tombstone in the place of a live record that is here or at peers, newer than both. False
    /// if the record is private: then it is just removed, if it is not on the network, too.
    ///
    /// # Errors
    ///
    /// - [`WriteError::ClockAhead`] if peers would refuse the tombstone.
    /// - [`WriteError::OutOfRoom`] if there is no room for it.
    pub(crate) fn tombstone(
        &self,
        schema: SchemaId,
        live: &Record,
        is_on_network: bool,
    ) -> Result<bool, WriteError> {
        let key = &live.key;
        self.change_locally(|plan| {
            let old = plan.previous(key);
            let is_private = |old: &Previous| old.state().own && !old.meta.shared && !is_on_network;
            let old = match old {
                Some(old) if is_private(&old) => {
                    plan.remove_shown(schema, key, old);
                    return Ok(false);
                }
                old => old,
            };
            let stored = old.as_ref().map(|old| old.header.timestamp);
            let newest = stored.max(Some(header_of(&live.value).timestamp));
            let timestamp = plan.next_timestamp(newest);
            check_ahead(timestamp, plan.now.unix_ms())?;
            let state = RecordState { own: true, wanted: false, served: true };
            let row = plan.sealed_tombstone(schema, key, timestamp, state);
            let weight = row.weight(key);
            plan.make_own_room(|own| replacing(own, old.as_ref(), weight))?;
            plan.put(schema, key, row, old);
            Ok(true)
        })
    }
}
