//! Stores that were given the same records hold the same, whatever the order and the way.

use std::{cmp::Ordering, collections::BTreeMap, error::Error, fmt::Debug};

use libp2p::{
    PeerId,
    kad::{Record, store::RecordStore},
};
use netabase::{
    ArrivalError, Clock, Envelope, ManualClock, MemoryStoreDatabase, NetabaseSchema, NetabaseStore,
    PutOutcome, RecordKey, RecordState, RemoteUpdate, SharedSchema, Source,
};
use rand::{
    RngExt, SeedableRng,
    rngs::SmallRng,
    seq::{IndexedRandom, SliceRandom},
};

use crate::authors::{HOUR, NOW_MS, contents, identity, is_of, minutes, store_of, sync, tombstone};
use crate::schemas::{Note, Profile, note};

#[test]
fn stores_converge_whatever_the_order_the_way_and_the_repetitions() -> Result<(), Box<dyn Error>> {
    for seed in 0..6 {
        run(seed).map_err(|error| format!("seed {seed}: {error}"))?;
    }
    Ok(())
}

fn run(seed: u64) -> Result<(), Box<dyn Error>> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let pool = pool(&mut rng)?;
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut receivers = [7, 8, 9].map(|secret| Receiver::new(secret, &clock, seed));
    for receiver in &mut receivers {
        receiver.take_in_all(&pool, &mut rng)?;
    }
    let first = winners(&pool);
    agree(&receivers, &first, seed)?;
    for _ in 0..5 {
        clock.advance(minutes(17));
        let live = live(&first, clock.now().unix_ms)?;
        agree(&receivers, &live, seed)?;
    }
    assert!(contents(&receivers[0].store).is_empty(), "seed {seed}: every lease is over");

    // Once more, but half of the leases are over before: some of them kept others out.
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let mut receivers = [7, 8, 9].map(|secret| Receiver::new(secret, &clock, seed));
    for receiver in &mut receivers {
        receiver.take_in_all(&pool, &mut rng)?;
    }
    clock.advance(minutes(25));
    let left = pool.iter().filter(|record| {
        Envelope::parse(&record.value).is_ok_and(|value| !value.is_over(clock.now().unix_ms))
    });
    let left: Vec<Record> = left.cloned().collect();
    for receiver in &mut receivers {
        receiver.take_in_all(&pool, &mut rng)?;
    }
    agree(&receivers, &winners(&left), seed)
}

/// Records of a few keys by a few writers, whose clocks are nearly the same.
fn pool(rng: &mut SmallRng) -> Result<Vec<Record>, Box<dyn Error>> {
    let mut pool = Vec::new();
    while pool.len() < 40 {
        let title = *["a", "b", "ab"].choose(rng).ok_or("not empty")?;
        let text = *["", "x", "a longer text"].choose(rng).ok_or("not empty")?;
        if rng.random() {
            pool.extend(written(&note(title, text), rng)?);
        } else {
            pool.extend(written(&Profile { handle: title.into(), about: text.into() }, rng)?);
        }
    }
    let strangers = [21, 22, 23].map(|secret| PeerId::from(identity(secret).public()));
    for record in &mut pool {
        record.publisher = strangers.choose(rng).copied().filter(|_| rng.random());
    }
    Ok(pool)
}

/// What a writer makes of a value: a record, the same with a later lease, or its tombstone.
fn written<V: SharedSchema>(value: &V, rng: &mut SmallRng) -> Result<Vec<Record>, Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS + rng.random_range(0..3));
    let lease = *[minutes(10), minutes(30), HOUR].choose(rng).ok_or("not empty")?;
    let database = store_of(rng.random_range(1..3), &clock, lease).database::<V>()?;
    match rng.random_range(0..4) {
        0 => Ok(vec![tombstone(&database, value)?]),
        1 => {
            clock.set_unix_ms(NOW_MS - u64::try_from((lease * 2 / 3).as_millis())?);
            database.put(value)?;
            let mut records = sync(&database)?;
            clock.advance(lease * 2 / 3);
            for renewed in database.get_republish_records(9) {
                records.push(renewed?);
            }
            assert_eq!(records.len(), 2, "what is due is renewed");
            Ok(records)
        }
        _ => Ok(vec![database.to_record(value)?]),
    }
}

/// The largest value of each key.
fn winners(pool: &[Record]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut winners = BTreeMap::new();
    for Record { key, value, .. } in pool {
        let winner: &mut Vec<u8> = winners.entry(key.to_vec()).or_default();
        if value > winner {
            winner.clone_from(value);
        }
    }
    winners
}

/// Those whose lease is not over.
fn live(
    records: &BTreeMap<Vec<u8>, Vec<u8>>,
    now_ms: u64,
) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, Box<dyn Error>> {
    let mut live = records.clone();
    for (key, value) in records {
        if Envelope::parse(value)?.is_over(now_ms) {
            live.remove(key);
        }
    }
    Ok(live)
}

fn agree(
    receivers: &[Receiver],
    expected: &BTreeMap<Vec<u8>, Vec<u8>>,
    seed: u64,
) -> Result<(), Box<dyn Error>> {
    let bytes: usize = expected.iter().map(|(key, value)| key.len() + value.len()).sum();
    for Receiver { store, notes, expected: of_this, .. } in receivers {
        assert_eq!(contents(store), *expected, "seed {seed}");
        assert_eq!((store.record_count(), store.byte_count()), (expected.len(), bytes));
        let mut shown = Vec::new();
        for raw in store.raw_records() {
            let held = of_this.get(raw.record.key.as_ref()).ok_or("nobody sent this")?;
            assert_eq!(raw.state, held.state, "seed {seed}");
            if held.state.wanted && is_of(&raw.record, "note") {
                shown.extend(notes.from_record(&raw.record).ok());
            }
        }
        assert_eq!(notes.iter().collect::<Result<Vec<_>, _>>()?, shown, "seed {seed}");
    }
    Ok(())
}

/// What is stored under a key, and who sees it.
#[derive(Clone)]
struct Held {
    value: Vec<u8>,
    state: RecordState,
}

/// A store, and what it should hold.
struct Receiver {
    store: NetabaseStore,
    clock: ManualClock,
    notes: MemoryStoreDatabase<Note>,
    profiles: MemoryStoreDatabase<Profile>,
    expected: BTreeMap<Vec<u8>, Held>,
    seed: u64,
}

impl Receiver {
    fn new(secret: u8, clock: &ManualClock, seed: u64) -> Self {
        let store = store_of(secret, clock, HOUR);
        let notes = store.database().expect("a new store knows no other schema");
        let profiles = store.database().expect("a new store knows no other schema");
        Self { store, clock: clock.clone(), notes, profiles, expected: BTreeMap::new(), seed }
    }

    /// Each record at least once, in some order and some way.
    fn take_in_all(&mut self, pool: &[Record], rng: &mut SmallRng) -> Result<(), Box<dyn Error>> {
        let again = rng.random_range(0..pool.len());
        let mut records: Vec<_> = pool.iter().chain(pool.sample(rng, again)).collect();
        records.shuffle(rng);
        for record in records {
            let source = Source::of_ip([192, 0, 2, rng.random_range(0..3)].into());
            let way = rng.random_range(0..5);
            if is_of(record, "note") {
                let notes = self.notes.clone();
                self.take_in(&notes, record, way, source)?;
            } else {
                let owner = RecordKey::parse(record.key.as_ref())?.owner.ok_or("it is owned")?;
                self.take_in(&self.profiles.of(owner), record, way, source)?;
            }
        }
        Ok(())
    }

    fn take_in<V: NetabaseSchema + PartialEq + Debug>(
        &mut self,
        database: &MemoryStoreDatabase<V>,
        record: &Record,
        way: u8,
        source: Source,
    ) -> Result<(), Box<dyn Error>> {
        let handed_in = RecordState { own: false, wanted: true, served: false };
        let sent = RecordState { own: false, wanted: false, served: true };
        let expected = self.expect(record, if way < 3 { handed_in } else { sent })?;
        let seed = self.seed;
        match way {
            0 => assert_eq!(database.put_record(record), expected, "seed {seed}"),
            1 => {
                let report = database.put_records_batch([record, record]);
                let again = match expected {
                    Ok(PutOutcome::Stored) => Ok(PutOutcome::Equal),
                    _ => expected.clone(),
                };
                assert_eq!(report, [expected, again], "seed {seed}");
            }
            2 => {
                let update = database.handle_remote_update(record);
                let outcome = update.as_ref().map(|update| update.outcome).map_err(Clone::clone);
                assert_eq!(outcome, expected, "seed {seed}");
                self.the_value_is_told(database, update, record)?;
            }
            3 => assert_eq!(self.store.put_from(record, source), expected, "seed {seed}"),
            _ => {
                let put = RecordStore::put(&mut self.store, record.clone());
                let stored = matches!(expected, Ok(PutOutcome::Stored | PutOutcome::Equal));
                assert_eq!(put.is_ok(), stored, "seed {seed}");
            }
        }
        Ok(())
    }

    /// What becomes of a record, by the one rule: the larger value wins.
    fn expect(
        &mut self,
        record: &Record,
        seen: RecordState,
    ) -> Result<Result<PutOutcome, ArrivalError>, Box<dyn Error>> {
        let now_ms = self.clock.now().unix_ms;
        let envelope = Envelope::parse(&record.value)?;
        if envelope.is_over(now_ms) {
            return Ok(Err(ArrivalError::LeaseOver { not_after: envelope.not_after }));
        }
        let (key, value) = (record.key.to_vec(), record.value.clone());
        let held = self.expected.get(&key).cloned();
        let held = held.filter(|held| {
            Envelope::parse(&held.value).is_ok_and(|envelope| !envelope.is_over(now_ms))
        });
        let outcome = match held.as_ref().map(|held| value.cmp(&held.value)) {
            None | Some(Ordering::Greater) => PutOutcome::Stored,
            Some(Ordering::Equal) => PutOutcome::Equal,
            Some(Ordering::Less) => {
                // Whoever asks for a key is shown its winner.
                let held = self.expected.get_mut(&key).ok_or("it is held")?;
                held.state.wanted |= seen.wanted && !Envelope::parse(&held.value)?.tombstone;
                return Ok(Ok(PutOutcome::Outdated));
            }
        };
        let before = held.map(|held| held.state).unwrap_or_default();
        let state = RecordState {
            own: false,
            wanted: before.wanted || seen.wanted,
            served: before.served || seen.served,
        };
        self.expected.insert(key, Held { value, state });
        Ok(Ok(outcome))
    }

    /// A remote update tells the value that databases show now.
    fn the_value_is_told<V: NetabaseSchema + PartialEq + Debug>(
        &self,
        database: &MemoryStoreDatabase<V>,
        update: Result<RemoteUpdate<V>, ArrivalError>,
        record: &Record,
    ) -> Result<(), Box<dyn Error>> {
        let Ok(update) = update else { return Ok(()) };
        let held = self.expected.get(record.key.as_ref()).ok_or("something is stored")?;
        let now = Record::new(record.key.clone(), held.value.clone());
        let shown = database.from_record(&now).ok().filter(|_| held.state.wanted);
        assert_eq!(update.value, shown, "seed {}", self.seed);
        Ok(())
    }
}
