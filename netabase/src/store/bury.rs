use libp2p::kad::Record;

use super::{
    NetabaseStore, changes::ChangeOrigin, error::StoreError, lease::check_ahead, schemas::SchemaId,
    state::RecordState,
};
use crate::record::header_of;

impl NetabaseStore {
    /// Puts a tombstone in the place of a live record that is here or at peers, newer than both. False
    /// if the record is private: then it is just gone, if it is not on the network, too.
    ///
    /// # Errors
    ///
    /// - [`StoreError::ClockAhead`] if peers would refuse the tombstone.
    /// - [`StoreError::Full`], [`StoreError::FullOfBytes`] if there is no room for it.
    pub(crate) fn bury(
        &self,
        schema: SchemaId,
        live: &Record,
        is_on_network: bool,
    ) -> Result<bool, StoreError> {
        let (now, author, key) = (self.now(), &self.shared.author, &live.key);
        let mut inner = self.write_at(ChangeOrigin::Local, &now);
        let old = inner.replaced(key, &now);
        if let Some(old) = &old
            && old.state().own
            && !old.standing.shared
            && !is_on_network
        {
            inner.remove(schema, key, old, author, &now);
            return Ok(false);
        }
        let stored = old.as_ref().map(|old| old.header.timestamp);
        let newest = stored.max(Some(header_of(&live.value).timestamp));
        let timestamp = inner.next_timestamp(&now, newest);
        check_ahead(timestamp, now.unix_ms())?;
        let state = RecordState { own: true, wanted: false, served: true };
        let value = inner.sealed_tombstone(schema, key, timestamp, state, author, &now);
        inner.make_own_room(value.weight(key), old.as_ref(), &now)?;
        inner.store(schema, key.clone(), value, None, old.as_ref());
        Ok(true)
    }
}
