//! Writes of the application, one by one, in batches and in transactions, and what is refused of them.

use std::{collections::BTreeMap, time::Duration};

use netabase::{NetabaseSchema, OutOfRoom, RecordState, TransactionError, WriteError};
use rand::{RngExt, rngs::SmallRng};

use super::{
    Outcome,
    peer::Peer,
    row::Row,
    schemas::Modelled,
    table::{Place, Table},
};

/// Why the model refuses a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Full,
    NotUnique,
}

/// Returns what the model has to say of a call: its value, or why it was refused.
pub(super) fn told<T>(
    result: Result<T, impl Into<TransactionError>>,
) -> Outcome<Result<T, Refusal>> {
    match result.map_err(Into::into) {
        Ok(value) => Ok(Ok(value)),
        Err(TransactionError::Write(WriteError::OutOfRoom(OutOfRoom::Records { .. }))) => {
            Ok(Err(Refusal::Full))
        }
        Err(TransactionError::Write(WriteError::NotUnique { .. })) => Ok(Err(Refusal::NotUnique)),
        Err(error) => Err(error.into()),
    }
}

/// The last write of each key, `None` for a removal; and whether it was removed before.
pub(super) type Writes<V> = BTreeMap<<V as NetabaseSchema>::Key, (Option<V>, bool)>;

pub(super) fn note<V: Modelled>(writes: &mut Writes<V>, key: V::Key, value: Option<V>) {
    let was_removed = writes.get(&key).is_some_and(|(last, removed)| *removed || last.is_none());
    writes.insert(key, (value, was_removed));
}

impl Peer {
    /// Writes something to one of the tables, and to the model.
    pub(super) fn write(&mut self, rng: &mut SmallRng, step: u64) -> Outcome {
        // Distinct, though one step may write several values.
        let stamp = step * 16;
        let room = self.limits.max_records.saturating_sub(self.own());
        let passed = self.passed;
        match rng.random_range(0..20) {
            0..8 => self.items.write(rng, stamp, room, passed),
            8..11 => self.cards.write(rng, stamp, room, passed),
            11..15 => self.notes.write(rng, stamp, room, passed),
            15..17 => self.tallies.write(rng, stamp, room, passed),
            _ => self.transaction(rng, stamp, room),
        }
    }
}

impl<V: Modelled> Table<V> {
    fn write(&mut self, rng: &mut SmallRng, stamp: u64, room: usize, passed: u64) -> Outcome {
        match rng.random_range(0..16) {
            0..5 => {
                let value = V::make(rng, stamp);
                let result = self.mine.put(&value);
                self.wrote(value, result, V::LIFE_MS, room, passed)
            }
            5..7 => {
                let value = V::make(rng, stamp);
                let ttl = rng.random_ratio(4, 5).then(|| rng.random_range(1..900_000));
                let result = self.mine.put_with_ttl(&value, ttl.map(Duration::from_millis));
                self.wrote(value, result, ttl, room, passed)
            }
            7..9 => self.put_batch(rng, stamp, room, passed),
            9 => self.put_if_absent(rng, stamp, room, passed),
            10 => self.update(rng, stamp, room, passed),
            11 => self.set_ttl(rng, passed),
            12..15 => self.remove(rng, passed),
            _ => self.remove_batch(rng, passed),
        }
    }

    /// What a put gave, against the model: the value it replaced, or why it was refused.
    fn wrote(
        &mut self,
        value: V,
        result: Result<Option<V>, impl Into<TransactionError>>,
        life: Option<u64>,
        room: usize,
        passed: u64,
    ) -> Outcome {
        let key = value.key();
        let writes = Writes::<V>::from([(key.clone(), (Some(value), false))]);
        let expected = match self.refusal(&writes, room, 0) {
            Some(refusal) => Err(refusal),
            None => Ok(self.get(&key).cloned()),
        };
        assert_eq!(told(result)?, expected, "put {key:?}");
        if expected.is_err() { Ok(()) } else { self.apply(writes, life, passed) }
    }

    fn put_batch(&mut self, rng: &mut SmallRng, stamp: u64, room: usize, passed: u64) -> Outcome {
        let count = rng.random_range(0..6);
        let values: Vec<V> = (0..count).map(|number| V::make(rng, stamp + number)).collect();
        let result = self.mine.put_batch(&values);
        let mut writes = Writes::<V>::new();
        for value in values {
            writes.insert(value.key(), (Some(value), false));
        }
        let expected = self.refusal(&writes, room, 0);
        assert_eq!(told(result)?.err(), expected, "put_batch");
        if expected.is_some() { Ok(()) } else { self.apply(writes, V::LIFE_MS, passed) }
    }

    fn put_if_absent(
        &mut self,
        rng: &mut SmallRng,
        stamp: u64,
        room: usize,
        passed: u64,
    ) -> Outcome {
        let value = V::make(rng, stamp);
        let result = self.mine.put_if_absent(&value);
        if let Some(there) = self.get(&value.key()) {
            assert_eq!(told(result)?, Ok(Some(there.clone())), "put_if_absent");
            return Ok(());
        }
        self.wrote(value, result, V::LIFE_MS, room, passed)
    }

    fn update(&mut self, rng: &mut SmallRng, stamp: u64, room: usize, passed: u64) -> Outcome {
        let value = V::make(rng, stamp);
        let result = self.mine.update(&value.key(), |there| {
            let before = there.clone();
            value.clone_into(there);
            before
        });
        if self.get(&value.key()).is_none() {
            assert_eq!(told(result)?, Ok(None), "update of nothing");
            return Ok(());
        }
        self.wrote(value, result, V::LIFE_MS, room, passed)
    }

    fn set_ttl(&mut self, rng: &mut SmallRng, passed: u64) -> Outcome {
        let key = V::some_key(rng);
        let ttl = rng.random_ratio(4, 5).then(|| rng.random_range(1..900_000));
        let result = self.mine.set_ttl(&key, ttl.map(Duration::from_millis))?;
        let row = self.rows.get_mut(&(self.owner, key));
        let row = row.filter(|row| row.is_shown() && row.state.own);
        assert_eq!(result, row.is_some(), "set_ttl");
        if let Some(row) = row {
            row.ends = ttl.map(|ttl| passed + ttl);
        }
        Ok(())
    }

    fn remove(&mut self, rng: &mut SmallRng, passed: u64) -> Outcome {
        let key = V::some_key(rng);
        let was_there = self.get(&key).is_some();
        assert_eq!(self.mine.remove(&key)?, was_there, "remove");
        self.apply(Writes::<V>::from([(key, (None, false))]), None, passed)
    }

    fn remove_batch(&mut self, rng: &mut SmallRng, passed: u64) -> Outcome {
        let keys: Vec<_> = (0..rng.random_range(0..4)).map(|_| V::some_key(rng)).collect();
        let removed = self.mine.remove_batch(&keys)?;
        let writes: Writes<V> = keys.into_iter().map(|key| (key, (None, false))).collect();
        let were_there = writes.keys().filter(|key| self.get(key).is_some()).count();
        assert_eq!(removed, were_there, "remove_batch");
        self.apply(writes, None, passed)
    }

    /// By how much these writes change the number of own rows. Those that go of which peers may have a copy leave a
    /// tombstone.
    pub(super) fn grown(&self, writes: &Writes<V>) -> isize {
        let change = |(key, (value, _)): (&V::Key, &(Option<V>, bool))| {
            let row = self.rows.get(&(self.owner, key.clone()));
            match (value, row) {
                (Some(_), Some(row)) if row.state.own => 0,
                (Some(_), _) => 1,
                (None, Some(row)) if row.state.own && row.is_shown() && !row.shared => -1,
                (None, _) => 0,
            }
        };
        writes.iter().map(change).sum()
    }

    /// Why these writes, and others that add so many rows, are refused: the state after all of them counts.
    pub(super) fn refusal(
        &self,
        writes: &Writes<V>,
        room: usize,
        others: isize,
    ) -> Option<Refusal> {
        let grown = self.grown(writes) + others;
        if usize::try_from(grown).is_ok_and(|grown| grown > room) {
            return Some(Refusal::Full);
        }
        let mut codes: Vec<&str> = Vec::new();
        let kept = self.shown().filter(|(key, _)| !writes.contains_key(*key));
        let written = writes.values().filter_map(|(value, _)| value.as_ref());
        codes.extend(kept.map(|(_, value)| value).chain(written).filter_map(V::unique));
        codes.sort_unstable();
        let is_unique = codes.windows(2).all(|pair| pair[0] != pair[1]);
        (!is_unique).then_some(Refusal::NotUnique)
    }

    /// Makes the model do what a store has just done.
    pub(super) fn apply(&mut self, writes: Writes<V>, life: Option<u64>, passed: u64) -> Outcome {
        for (key, (value, was_removed)) in writes {
            let place = (self.owner, key);
            match value {
                Some(value) => self.apply_put(place, value, was_removed, life, passed)?,
                None => self.apply_removal(&place)?,
            }
        }
        Ok(())
    }

    /// What had been published stays served.
    fn apply_put(
        &mut self,
        place: Place<V>,
        value: V,
        was_removed: bool,
        life: Option<u64>,
        passed: u64,
    ) -> Outcome {
        let known = self.rows.get(&place);
        let published = |row: &&Row<V>| row.state.own && row.state.served && !row.is_removed();
        let served = !was_removed && known.as_ref().is_some_and(published);
        let shared = served || known.is_some_and(|row| row.shared);
        let state = RecordState { own: true, wanted: true, served };
        let ends = life.map(|life| passed + life);
        let row = Row { value: Some(value), bytes: Vec::new(), state, shared, ends, lapses: 0 };
        self.took(place, row)
    }

    fn apply_removal(&mut self, place: &Place<V>) -> Outcome {
        let Some(row) = self.rows.get(place).filter(|row| row.is_shown()).cloned() else {
            return Ok(());
        };
        if row.state.own && row.shared {
            let state = RecordState { own: true, wanted: false, served: true };
            return self.took(place.clone(), Row { value: None, state, ends: None, ..row });
        }
        if row.state.served {
            let state = RecordState { wanted: false, ..row.state };
            self.rows.insert(place.clone(), Row { state, ..row });
        } else {
            self.rows.remove(place);
        }
        Ok(())
    }
}
