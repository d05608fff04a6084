//! Tracked rows by their places among Kademlia's keys.

use libp2p::kad::{KBucketKey, Record};

use crate::store::NetabaseStore;

impl NetabaseStore {
    /// Shows the first 64 bits of the places of rows, and their slots, from a slot on: of `max` slots. All rows that
    /// peers are served have one, and others, too. Returns the slot to go on at, if there are more.
    ///
    /// Some ten nanoseconds for a foreign row, whose distance is kept; an own key is hashed.
    pub(crate) fn served_places(
        &self,
        from: u32,
        max: usize,
        show: &mut dyn FnMut((u64, u32)),
    ) -> Option<u32> {
        let own = first_bits(self.shared.author.place.hashed_bytes());
        let inner = self.shared.inner.read();
        let mut last = None;
        for (slot, key, distance) in inner.engine.slots(from).take(max) {
            let place = match distance {
                Some(distance) => distance ^ own,
                None => first_bits(KBucketKey::new(key.as_ref()).hashed_bytes()),
            };
            show((place, slot));
            last = Some(slot);
        }
        let next = last?.checked_add(1)?;
        inner.engine.slots(next).next().is_some().then_some(next)
    }

    /// Returns the record in a slot as peers are served it now, and whether it is the application's own.
    pub(crate) fn served_in_slot(&self, slot: u32) -> Option<(Record, bool)> {
        let key = self.shared.inner.read().engine.key_in_slot(slot)?.clone();
        self.served_record(&key)
    }
}

fn first_bits(hashed: &[u8]) -> u64 {
    u64::from_be_bytes(*hashed.first_chunk().expect("SHA-256 has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use libp2p::kad::RecordKey;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{NetabaseSchema, database::DatabaseError, store::Source};

    #[derive(Serialize, Deserialize, NetabaseSchema)]
    #[netabase(access = "open", crate = "crate")]
    struct Note {
        #[netabase(key)]
        id: u32,
    }

    #[test]
    fn own_and_foreign_rows_that_peers_are_served_are_at_the_places_of_their_keys()
    -> Result<(), DatabaseError> {
        let [store, other] = [(); 2].map(|()| NetabaseStore::new());
        let [own, others] = [store.database::<Note>()?, other.database::<Note>()?];
        own.load((0..100).map(|id| Note { id })).map_err(|failed| failed.source)?;
        assert_eq!(own.sync_to_network().count(), 100);
        for id in 100..200 {
            store.put_from(&others.to_record(&Note { id })?, Source::UNKNOWN)?;
        }

        let (mut found, mut from) = (BTreeSet::new(), Some(0));
        while let Some(slot) = from {
            from = store.served_places(slot, 7, &mut |item| {
                found.insert(item);
            });
        }

        let place = |key: &RecordKey| first_bits(KBucketKey::new(key.as_ref()).hashed_bytes());
        let served = |(at, slot): &(u64, u32)| {
            store.served_in_slot(*slot).filter(|(record, _)| place(&record.key) == *at)
        };
        let (own, foreign): (Vec<_>, Vec<_>) =
            found.iter().filter_map(served).partition(|(_, is_own)| *is_own);
        assert_eq!((own.len(), foreign.len(), found.len()), (100, 100, 200));
        Ok(())
    }
}
