//! Rows by their slots.

use libp2p::kad::RecordKey;

use super::Engine;

impl Engine {
    /// Returns the key of the row in a slot, if there is one.
    pub(in crate::store) fn key_in_slot(&self, slot: u32) -> Option<&RecordKey> {
        self.tracking.key_in_slot(slot)
    }

    /// Returns the rows that have slots, from one on: slot, key and, of a foreign row, its distance from the local
    /// peer.
    pub(in crate::store) fn slots(
        &self,
        from: u32,
    ) -> impl Iterator<Item = (u32, &RecordKey, Option<u64>)> {
        self.tracking.slots_from(from)
    }
}
