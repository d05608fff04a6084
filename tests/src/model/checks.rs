//! What is read is compared with the model: by one key, by a range, and now and then all there is.

use netabase::Envelope;
use rand::{RngExt, rngs::SmallRng};

use super::{
    Outcome,
    peer::Peer,
    schemas::Modelled,
    table::{Table, same},
};

impl Peer {
    /// Reads something of one of the tables.
    pub(super) fn read(&mut self, rng: &mut SmallRng) -> Outcome {
        match rng.random_range(0..8) {
            0..4 => self.items.read(rng),
            4..6 => self.cards.read(rng),
            6 => self.notes.read(rng),
            _ => self.tallies.read(rng),
        }
    }

    /// Compares everything.
    pub(super) fn compare_all(&mut self, rng: &mut SmallRng) -> Outcome {
        let (passed, wall) = (self.passed, self.wall);
        self.items.compare_all(rng, passed, wall)?;
        self.cards.compare_all(rng, passed, wall)?;
        self.notes.compare_all(rng, passed, wall)?;
        self.tallies.compare_all(rng, passed, wall)?;
        let capacity = self.store.capacity_info();
        same("own rows", &capacity.own.current_records, &self.own());
        same("rows", &capacity.current_records, &self.rows());
        Ok(())
    }
}

impl<V: Modelled> Table<V> {
    fn read(&self, rng: &mut SmallRng) -> Outcome {
        if rng.random_ratio(1, 3) {
            return self.ranges_agree(rng);
        }
        let key = V::some_key(rng);
        let expected = self.get(&key);
        assert_eq!(self.mine.get(&key)?.as_ref(), expected, "get {key:?}");
        assert_eq!(self.mine.contains(&key)?, expected.is_some(), "contains {key:?}");
        for (owner, database) in self.of.iter().enumerate() {
            let row = self.rows.get(&(owner, key.clone()));
            let held = row.and_then(|row| row.value.as_ref());
            let wanted = held.filter(|_| row.is_some_and(|row| row.state.wanted));
            assert_eq!(database.get(&key)?.as_ref(), wanted, "get {key:?} of owner {owner}");
            let found = database.with_held().get(&key)?;
            assert_eq!(found.as_ref(), held, "get {key:?} of owner {owner}, held or not");
        }
        Ok(())
    }

    fn compare_all(&self, rng: &mut SmallRng, passed: u64, wall: u64) -> Outcome {
        let shown: Vec<&V> = self.shown().map(|(_, value)| value).collect();
        let walked = self.mine.iter().collect::<Result<Vec<_>, _>>()?;
        assert!(walked.iter().eq(shown.iter().copied()), "iter: {walked:?}, not {shown:?}");
        assert!(self.mine.iter().reversed().count() == shown.len(), "reversed");
        assert_eq!(self.mine.len(), shown.len(), "len");
        let mut scanned = self.mine.scan().collect::<Result<Vec<_>, _>>()?;
        scanned.sort_by_key(netabase::NetabaseSchema::key);
        assert!(scanned.iter().eq(shown.iter().copied()), "scan: {scanned:?}, not {shown:?}");
        let own = self.shown().filter(|(key, _)| {
            self.rows.get(&(self.owner, (*key).clone())).is_some_and(|row| row.state.own)
        });
        assert_eq!(self.mine.get_local_records().count(), own.count(), "get_local_records");
        V::indexes_agree(self, rng)?;
        self.raw_records_agree(passed, wall)
    }

    /// Every row the store has of this schema, its bytes and who sees it.
    fn raw_records_agree(&self, passed: u64, wall: u64) -> Outcome {
        let mut count = 0;
        for (place, row) in &self.rows {
            assert!(!row.is_over(passed, wall), "the model dropped what is over");
            let key = self.of[place.0].record_key(&place.1)?;
            let mut raw = self.mine.store().raw_records_with_prefix(key.as_ref());
            let raw = raw.find(|raw| raw.record.key == key).ok_or("a record is missing")?;
            assert_eq!((&raw.record.value, raw.state), (&row.bytes, row.state), "{place:?}");
            assert_eq!(Envelope::parse(&row.bytes)?.tombstone, row.value.is_none(), "{place:?}");
            count += 1;
        }
        let prefix = format!("/netabase/{}/", V::SCHEMA_NAME);
        let stored = self.mine.store().raw_records_with_prefix(prefix.as_bytes()).count();
        assert_eq!(stored, count, "records of {}", V::SCHEMA_NAME);
        Ok(())
    }
}
