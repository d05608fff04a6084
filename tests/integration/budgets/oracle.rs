//! Eviction against a store that keeps nothing but a list, and reckons everything anew.

use std::{collections::BTreeMap, error::Error, time::Duration};

use libp2p::kad::Record;
use netabase::{ArrivalError, Limits, ManualClock, MemoryStoreDatabase, PutOutcome, Source};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

use super::{Author, source, store_within, weight};
use crate::{
    clocks::NOW_MS,
    schemas::{Note, note},
};

const STEPS: usize = 4_000;
const SEED: u64 = 20_261_201;

const LIMITS: Limits = Limits {
    max_records: 100,
    max_bytes: 1 << 20,
    max_foreign_records: 40,
    max_foreign_bytes: 12_000,
    max_value_bytes: 1 << 20,
    max_providers_per_key: 20,
    max_claimed_publishers: 1,
};

/// A foreign record, and where it came from.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    record: Record,
    source: Source,
}

struct Run {
    step: usize,
    rng: SmallRng,
    clock: ManualClock,
    notes: MemoryStoreDatabase<Note>,
    author: Author,
    now_ms: u64,
    held: Vec<Held>,
    own: BTreeMap<String, String>,
    /// How often nothing, something, and too much had to go.
    seen: [usize; 3],
}

#[test]
fn eviction_agrees_with_a_list_that_is_reckoned_anew_each_time() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut run = Run {
        step: 0,
        rng: SmallRng::seed_from_u64(SEED),
        notes: store_within(LIMITS, &clock).database()?,
        author: Author::at(&clock),
        clock,
        now_ms: NOW_MS,
        held: Vec::new(),
        own: BTreeMap::new(),
        seen: [0; 3],
    };
    while run.step < STEPS {
        run.write()?;
        // Counts take out what has expired: mostly eviction has to.
        run.agrees(run.step.is_multiple_of(20))?;
        run.step += 1;
    }
    assert!(run.seen.iter().all(|&seen| seen > 200), "each case was met: {:?}", run.seen);
    Ok(())
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.step < STEPS {
            eprintln!("stopped at step {} of seed {SEED}", self.step);
        }
    }
}

impl Run {
    fn write(&mut self) -> Result<(), Box<dyn Error>> {
        match self.rng.random_range(0..100) {
            0..88 => self.arrival()?,
            88..92 => {
                let title = self.title();
                self.notes.put(&note(&title, "mine"))?;
                self.held.retain(|held| title_of(&held.record) != title);
                self.own.insert(title, "mine".into());
            }
            92..96 => {
                // Of what is held for others alone databases show nothing.
                let title = self.title();
                let was_own = self.own.remove(&title).is_some();
                assert_eq!(self.notes.remove(&title)?, was_own);
            }
            _ => {
                let ms = self.rng.random_range(0..5_000);
                self.clock.advance(Duration::from_millis(ms));
                self.now_ms += ms;
                let now_ms = self.now_ms;
                self.held.retain(|held| not_after_ms(&held.record) > now_ms);
            }
        }
        Ok(())
    }

    fn arrival(&mut self) -> Result<(), Box<dyn Error>> {
        let newcomer = self.newcomer()?;
        let result = self.notes.store().put_from(&newcomer.record, newcomer.source);
        if self.own.contains_key(&title_of(&newcomer.record)) {
            assert_eq!(result, Err(ArrivalError::Private));
            return Ok(());
        }
        let others = self.held.iter().filter(|held| held.record.key != newcomer.record.key);
        let others: Vec<_> = others.cloned().collect();
        let outcomes = self.outcomes(&others, &newcomer);
        let found = match result {
            Ok(PutOutcome::Stored) => Some(self.found()),
            Err(ArrivalError::ForeignFull { max_records: 40, max_bytes: 12_000 }) => None,
            other => return Err(format!("unexpected: {other:?}").into()),
        };
        let agreed = outcomes.iter().find(|outcome| {
            outcome.as_deref().map(keys)
                == found.as_ref().map(|found| found.keys().cloned().collect())
        });
        match agreed.ok_or_else(|| format!("{found:?} is none of {outcomes:?}"))? {
            None => self.seen[2] += 1,
            Some(left) => {
                self.seen[usize::from(left.len() <= others.len())] += 1;
                self.held.clone_from(left);
            }
        }
        Ok(())
    }

    /// What may be left: all fits, or the farthest of the source with the largest share goes, until it does.
    /// None if that is the newcomer. Where sources share a rank, there is a choice.
    fn outcomes(&self, others: &[Held], newcomer: &Held) -> Vec<Option<Vec<Held>>> {
        let mut possible = vec![[others, std::slice::from_ref(newcomer)].concat()];
        let mut outcomes = Vec::new();
        while let Some(all) = possible.pop() {
            let bytes: usize = all.iter().map(|held| weight(&held.record)).sum();
            if all.len() <= LIMITS.max_foreign_records && bytes <= LIMITS.max_foreign_bytes {
                outcomes.push(Some(all));
                continue;
            }
            let largest = all.iter().map(|held| share(&all, held.source)).max();
            let mut asked = Vec::new();
            for Held { source, .. } in &all {
                if Some(share(&all, *source)) != largest || asked.contains(source) {
                    continue;
                }
                asked.push(*source);
                let mut left = all.clone();
                let of_source = (0..left.len()).filter(|&at| left[at].source == *source);
                let distance = |at: &usize| self.notes.store().distance(&left[*at].record.key);
                let farthest = of_source.max_by_key(distance).unwrap_or_default();
                let gone = left.remove(farthest);
                if gone == *newcomer { outcomes.push(None) } else { possible.push(left) }
            }
        }
        outcomes
    }

    fn agrees(&self, counts: bool) -> Result<(), Box<dyn Error>> {
        let expected = self.held.iter().map(|held| (held.record.key.to_vec(), &held.record.value));
        let expected: BTreeMap<_, _> = expected.collect();
        let found = self.found();
        assert!(found.iter().map(|(key, value)| (key.clone(), value)).eq(expected), "what is held");
        let own = self.notes.iter().map(|note| note.map(|note| (note.title, note.text)));
        assert_eq!(own.collect::<Result<BTreeMap<_, _>, _>>()?, self.own);
        if !counts {
            return Ok(());
        }
        let capacity = self.notes.capacity_info();
        let bytes = self.held.iter().map(|held| weight(&held.record)).sum();
        let foreign = (capacity.foreign.current_records, capacity.foreign.current_size_bytes);
        assert_eq!(foreign, (self.held.len(), bytes));
        assert_eq!(capacity.own.current_records, self.own.len());
        Ok(())
    }

    /// What the store holds for others: key and value.
    fn found(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let foreign = self.notes.store().raw_records().filter(|raw| !raw.state.own);
        foreign.map(|raw| (raw.record.key.to_vec(), raw.record.value)).collect()
    }

    fn newcomer(&mut self) -> Result<Held, Box<dyn Error>> {
        let title = self.title();
        // Small ones fill the records, large ones the bytes; now and then one is larger than all room.
        let len = match self.rng.random_range(0..20) {
            0..12 => self.rng.random_range(0..100),
            12..19 => self.rng.random_range(0..2_000),
            _ => self.rng.random_range(0..14_000),
        };
        let mut record = self.author.record(&title, &"x".repeat(len))?;
        let seconds = u32::try_from(self.now_ms / 1000)? + self.rng.random_range(1..300);
        record.value[9..13].copy_from_slice(&seconds.to_be_bytes());
        let source = match self.rng.random_range(0..12) {
            0..3 => Source::UNKNOWN,
            3..8 => source(1),
            _ => source(self.rng.random_range(2..7)),
        };
        Ok(Held { record, source })
    }

    fn title(&mut self) -> String {
        self.rng.random_range(0..150_u8).to_string()
    }
}

/// Of the records or of the bytes, whichever a source has more of, in parts of both limits' product.
fn share(all: &[Held], source: Source) -> usize {
    let of_source = all.iter().filter(|held| held.source == source);
    let weights = of_source.map(|held| weight(&held.record));
    let (records, bytes) =
        weights.fold((0, 0), |(records, bytes), weight| (records + 1, bytes + weight));
    (records * LIMITS.max_foreign_bytes).max(bytes * LIMITS.max_foreign_records)
}

fn keys(held: &[Held]) -> Vec<Vec<u8>> {
    let mut keys: Vec<_> = held.iter().map(|held| held.record.key.to_vec()).collect();
    keys.sort();
    keys
}

fn title_of(record: &Record) -> String {
    Note::try_from(record).map(|note| note.title).unwrap_or_default()
}

fn not_after_ms(record: &Record) -> u64 {
    let bytes = record.value[9..13].try_into().expect("every value has a lease");
    u64::from(u32::from_be_bytes(bytes)) * 1000
}
