//! The store against a `BTreeMap` that does the same.

use std::{collections::BTreeMap, error::Error, ops::Bound};

use netabase::{Entries, MemoryStoreDatabase, PutOutcome, QueryError};
use rand::{Rng, RngExt, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

use crate::schemas::{Note, fresh, note};

const STEPS: usize = 100_000;
const SEED: u64 = 20_261_123;

/// Keys that are prefixes of each other, and hold the bytes that the encoding escapes.
const TITLES: [&str; 24] = [
    "",
    "\0",
    "\0\0",
    "\0\u{1}",
    "\u{1}",
    "\u{1}\0",
    "a",
    "a\0",
    "a\0b",
    "a\u{1}",
    "aa",
    "aaa",
    "ab",
    "abc",
    "b",
    "ba",
    "z",
    "zz",
    "á",
    "áa",
    "🛩",
    "🛩a",
    "long long long title",
    "long long title",
];

struct Run {
    rng: SmallRng,
    notes: MemoryStoreDatabase<Note>,
    oracle: BTreeMap<String, String>,
}

#[test]
fn random_sequences_of_calls_agree_with_a_btree_map() -> Result<(), Box<dyn Error>> {
    let rng = SmallRng::seed_from_u64(SEED);
    let mut run = Run { rng, notes: fresh::<Note>(), oracle: BTreeMap::new() };
    for step in 0..STEPS {
        run.write().and_then(|()| run.read()).map_err(|error| format!("step {step}: {error}"))?;
    }
    Ok(())
}

impl Run {
    fn title(&mut self) -> String {
        (*TITLES.choose(&mut self.rng).expect("there are titles")).to_owned()
    }

    fn note(&mut self) -> Note {
        let title = self.title();
        let length = self.rng.random_range(0..40);
        note(&title, &"x".repeat(length))
    }

    fn write(&mut self) -> Result<(), Box<dyn Error>> {
        match self.rng.random_range(0..100) {
            0..50 => {
                let note = self.note();
                let replaced = self.notes.put(&note)?.map(|note| note.text);
                assert_eq!(replaced, self.oracle.insert(note.title, note.text), "put");
            }
            50..80 => {
                let title = self.title();
                let was_there = self.oracle.remove(&title).is_some();
                assert_eq!(self.notes.remove(&title)?, was_there, "remove");
            }
            80..88 => {
                let batch = [self.note(), self.note(), self.note()];
                self.notes.put_batch(&batch)?;
                self.oracle.extend(batch.map(|note| (note.title, note.text)));
            }
            88..94 => {
                let titles = [self.title(), self.title()];
                let were_there = titles.iter().filter(|title| self.oracle.remove(*title).is_some());
                assert_eq!(were_there.count(), self.notes.remove_batch(&titles)?, "remove_batch");
            }
            94..99 => {
                let note = self.note();
                let record = self.notes.to_record(&note)?;
                assert_eq!(self.notes.put_record(&record)?, PutOutcome::Stored);
                assert_eq!(self.notes.put_record(&record)?, PutOutcome::Equal);
                self.oracle.insert(note.title, note.text);
            }
            // Not often, or the store would stay small.
            _ if self.rng.random_ratio(1, 20) => {
                // `clear` keeps what came as a record and was never written here.
                self.notes.clear()?;
                let left = rows(self.notes.iter())?;
                assert!(left.iter().all(|(title, text)| self.oracle.get(title) == Some(text)));
                self.oracle = left.into_iter().collect();
            }
            _ => {}
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), Box<dyn Error>> {
        assert_eq!(self.notes.len(), self.oracle.len(), "len");
        let title = self.title();
        let expected = self.oracle.get(&title);
        let found = self.notes.get(&title)?.map(|note| note.text);
        assert_eq!(found.as_ref(), expected, "get");
        let viewed = self.notes.get_with(&title, |note| note.text.to_owned())?;
        assert_eq!(viewed.as_ref(), expected, "get_with");
        assert_eq!(self.notes.contains(&title)?, expected.is_some(), "contains");
        self.read_range()?;
        self.read_prefix(&title)
    }

    fn read_range(&mut self) -> Result<(), Box<dyn Error>> {
        let bounds = (self.bound(), self.bound());
        let limit = self.rng.random_range(0..10);
        let mut found = self.notes.range(bounds.clone())?.limit(limit);
        let mut expected: Vec<_> =
            self.oracle.iter().filter(|(title, _)| contains(&bounds, title)).collect();
        if self.rng.random() {
            found = found.reversed();
            expected.reverse();
        }
        expected.truncate(limit);
        assert!(rows(found)?.iter().map(|(a, b)| (a, b)).eq(expected), "range {bounds:?}");
        Ok(())
    }

    fn read_prefix(&mut self, prefix: &str) -> Result<(), Box<dyn Error>> {
        let found = rows(self.notes.prefix(prefix)?)?;
        let expected = self.oracle.iter().filter(|(title, _)| title.starts_with(prefix));
        assert!(found.iter().map(|(a, b)| (a, b)).eq(expected), "prefix {prefix:?}");
        Ok(())
    }

    fn bound(&mut self) -> Bound<String> {
        let title = self.title();
        match self.rng.next_u32() % 3 {
            0 => Bound::Included(title),
            1 => Bound::Excluded(title),
            _ => Bound::Unbounded,
        }
    }
}

/// Not `RangeBounds::contains` of the map itself: a `BTreeMap` panics on crossed bounds.
fn contains((lower, upper): &(Bound<String>, Bound<String>), title: &String) -> bool {
    let above = match lower {
        Bound::Included(lower) => title >= lower,
        Bound::Excluded(lower) => title > lower,
        Bound::Unbounded => true,
    };
    let below = match upper {
        Bound::Included(upper) => title <= upper,
        Bound::Excluded(upper) => title < upper,
        Bound::Unbounded => true,
    };
    above && below
}

fn rows(entries: Entries<Note>) -> Result<Vec<(String, String)>, QueryError> {
    entries.map(|note| note.map(|note| (note.title, note.text))).collect()
}
