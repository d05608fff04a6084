//! One schema of one peer: its databases, and the rows that the model has for them.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    ops::{Bound, RangeBounds},
};

use libp2p::{PeerId, kad::Record};
use netabase::{Entries, Envelope, MemoryStoreDatabase, NetabaseStore};
use rand::{Rng, RngExt, rngs::SmallRng};

use super::{
    Outcome,
    row::{Row, lapses},
    schemas::Modelled,
};

/// Owners are numbered as peers are; what is not owned has the number 0.
pub(super) type Place<V> = (usize, <V as netabase::NetabaseSchema>::Key);

/// One schema of one peer.
#[derive(Debug)]
pub(super) struct Table<V: Modelled> {
    /// The number of the peer whose writes are its own here.
    pub(super) owner: usize,
    pub(super) mine: MemoryStoreDatabase<V>,
    /// The records of each owner, shown or only held; one if they are not owned.
    pub(super) of: Vec<MemoryStoreDatabase<V>>,
    pub(super) rows: BTreeMap<Place<V>, Row<V>>,
}

impl<V: Modelled> Table<V> {
    pub(super) fn new(store: &NetabaseStore, index: usize, ids: &[PeerId]) -> Outcome<Self> {
        let mine = store.database::<V>()?;
        let of = V::of_each(&mine, ids);
        let owner = if of.len() == 1 { 0 } else { index };
        Ok(Self { owner, mine, of, rows: BTreeMap::new() })
    }

    /// The values that this peer's own database shows, in order.
    pub(super) fn shown(&self) -> impl DoubleEndedIterator<Item = (&V::Key, &V)> {
        let rows =
            self.rows.iter().filter(|((owner, _), row)| *owner == self.owner && row.is_shown());
        rows.filter_map(|((_, key), row)| Some((key, row.value.as_ref()?)))
    }

    pub(super) fn get(&self, key: &V::Key) -> Option<&V> {
        let row = self.rows.get(&(self.owner, key.clone()))?;
        row.value.as_ref().filter(|_| row.is_shown())
    }

    /// How many rows are charged to the application.
    pub(super) fn own(&self) -> usize {
        self.rows.values().filter(|row| row.state.own).count()
    }

    /// Drops what is over.
    pub(super) fn expire(&mut self, passed: u64, wall: u64) {
        self.rows.retain(|_, row| !row.is_over(passed, wall));
    }

    /// The bytes that the store has under a key, and that what they say is one whole.
    pub(super) fn stored(&self, (owner, key): &Place<V>) -> Outcome<Option<Vec<u8>>> {
        let key = self.of[*owner].record_key(key)?;
        let mut found = self.mine.store().raw_records_with_prefix(key.as_ref());
        let record: Option<Record> = found.next().map(|raw| raw.record);
        Ok(record.filter(|record| record.key == key).map(|record| record.value))
    }

    /// Takes over the bytes that the store made of a value, which has to be newer than what was there.
    pub(super) fn took(&mut self, place: Place<V>, mut row: Row<V>) -> Outcome {
        let bytes = self.stored(&place)?.ok_or("it was just written")?;
        if let Some(before) = self.rows.get(&place) {
            let [old, new] = [&before.bytes, &bytes].map(|bytes| Envelope::parse(bytes));
            assert!(new?.timestamp > old?.timestamp, "a write is newer than what it replaces");
        }
        (row.lapses, row.bytes) = (lapses(&bytes), bytes);
        self.rows.insert(place, row);
        Ok(())
    }

    /// Compares a walk with the values that have a key of an index, ordered by it and then by their own.
    pub(super) fn agrees<K: Ord>(
        &self,
        walk: Entries<V>,
        index_key: impl Fn(&V) -> Option<K>,
        what: &str,
    ) {
        let keyed = self.shown().filter_map(|(key, value)| Some((index_key(value)?, key, value)));
        let mut expected: Vec<_> = keyed.collect();
        expected.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        let expected: Vec<_> = expected.into_iter().map(|(_, _, value)| value).collect();
        let found: Vec<V> = walk.map(|value| value.expect("what is stored can be read")).collect();
        assert!(found.iter().eq(expected.iter().copied()), "{what}: {found:?}, not {expected:?}");
    }

    /// Compares a page of a range, and what comes behind it, with the model.
    pub(super) fn ranges_agree(&self, rng: &mut SmallRng) -> Outcome {
        let bounds = (bound::<V>(rng), bound::<V>(rng));
        let (limit, is_reversed) = (rng.random_range(0..6), rng.random());
        let walk = || -> Outcome<Entries<V>> {
            let walk = self.mine.range(bounds.clone())?.limit(limit);
            Ok(if is_reversed { walk.reversed() } else { walk })
        };
        // A `BTreeMap` panics on crossed bounds, which are an empty range to us.
        let mut expected: Vec<_> =
            self.shown().filter(|(key, _)| bounds.contains(*key)).map(|(_, value)| value).collect();
        if is_reversed {
            expected.reverse();
        }
        let mut first = walk()?;
        let page = (&mut first).collect::<Result<Vec<_>, _>>()?;
        let (one, rest) = expected.split_at(expected.len().min(limit));
        assert!(page.iter().eq(one.iter().copied()), "{bounds:?}: {page:?}, not {one:?}");
        if let Some(cursor) = first.cursor().filter(|_| !page.is_empty()) {
            let next = walk()?.after(&cursor)?.collect::<Result<Vec<_>, _>>()?;
            assert!(next.iter().eq(rest.iter().copied().take(limit)), "behind a cursor: {next:?}");
        }
        Ok(())
    }
}

fn bound<V: Modelled>(rng: &mut SmallRng) -> Bound<V::Key> {
    match rng.next_u32() % 3 {
        0 => Bound::Included(V::some_key(rng)),
        1 => Bound::Excluded(V::some_key(rng)),
        _ => Bound::Unbounded,
    }
}

/// Names what a comparison is about.
pub(super) fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) {
    assert_eq!(found, expected, "{what}");
}
