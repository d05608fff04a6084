//! Whose records a store holds: the index by publisher equals a scan, and is bounded.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    error::Error,
    fmt::Debug,
};

use libp2p::{
    PeerId,
    kad::{Record, RecordKey as KadKey, store::RecordStore},
};
use netabase::{
    ManualClock, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, PutOutcome, RawRecord,
    RecordKey, Source, Usage,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

use crate::authors::{HOUR, NOW_MS, contents, identity, is_of, minutes, store_of, sync};
use crate::schemas::{Note, Profile, note, profile};

const SEED: u64 = 20_261_126;
const LOCAL: u8 = 1;

/// A store, and who published each record that came in.
struct Run {
    rng: SmallRng,
    clock: ManualClock,
    store: NetabaseStore,
    notes: MemoryStoreDatabase<Note>,
    profiles: MemoryStoreDatabase<Profile>,
    /// By key, the publisher that the stored record came with, if any.
    came_with: HashMap<Vec<u8>, Option<PeerId>>,
    /// The local peer, and those others that write or are claimed to.
    peers: [PeerId; 5],
}

#[test]
fn the_index_by_publisher_equals_a_scan_after_any_mixture_of_calls() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = store_of(LOCAL, &clock, HOUR);
    let mut run = Run {
        rng: SmallRng::seed_from_u64(SEED),
        notes: store.database()?,
        profiles: store.database()?,
        came_with: HashMap::new(),
        clock,
        store,
        peers: [LOCAL, 2, 3, 4, 5].map(peer),
    };
    for step in 0..1500 {
        let failed = |error| format!("seed {SEED}, step {step}: {error}");
        run.change().map_err(failed)?;
        run.agrees(step).map_err(failed)?;
    }
    Ok(())
}

fn peer(secret: u8) -> PeerId {
    PeerId::from(identity(secret).public())
}

impl Run {
    fn change(&mut self) -> Result<(), Box<dyn Error>> {
        let title = self.rng.random_range(0..6_u8).to_string();
        let note = note(&title, &"x".repeat(self.rng.random_range(0..9)));
        match self.rng.random_range(0..16) {
            0 | 1 => drop(self.notes.put(&note)?),
            2 => drop(self.profiles.put(&profile(&title))?),
            3 => drop(self.notes.remove(&title)?),
            4 => drop(self.profiles.remove(&title)?),
            5 => drop(self.profiles.of(self.peers[self.rng.random_range(1..5)]).remove(&title)?),
            6 => drop(sync(&self.notes)?),
            7 => drop(sync(&self.profiles)?),
            8 => drop(self.notes.unpublish(&title)?),
            9 => {
                let keys: Vec<_> = contents(&self.store).into_keys().collect();
                if let Some(key) = keys.choose(&mut self.rng) {
                    RecordStore::remove(&mut self.store, &KadKey::new(key));
                }
            }
            10 => self.clock.advance(minutes(self.rng.random_range(0..7))),
            11..14 => {
                let writer = store_of(self.rng.random_range(2..6), &self.clock, HOUR / 2);
                let mut record = writer.database::<Note>()?.to_record(&note)?;
                record.publisher = self.peers.choose(&mut self.rng).copied();
                record.publisher = record.publisher.filter(|_| self.rng.random_ratio(3, 4));
                self.arrive(&record);
            }
            _ => {
                let writer = store_of(self.rng.random_range(1..6), &self.clock, HOUR / 2);
                let mut record = writer.database::<Profile>()?.to_record(&profile(&title))?;
                // Who signed it counts, whatever it claims.
                record.publisher = self.peers.choose(&mut self.rng).copied();
                self.arrive(&record);
            }
        }
        Ok(())
    }

    fn arrive(&mut self, record: &Record) {
        // Through kad, the local peer's own would be published by it.
        let outcome = if self.rng.random() {
            let source = Source::of_ip([192, 0, 2, self.rng.random_range(0..3)].into());
            self.store.put_from(record, source)
        } else if is_of(record, "note") {
            self.notes.put_record(record)
        } else {
            self.profiles.put_record(record)
        };
        if outcome == Ok(PutOutcome::Stored) {
            self.came_with.insert(record.key.to_vec(), record.publisher);
        }
    }

    /// Whose a record is that a scan has met.
    fn publisher(&self, raw: &RawRecord) -> Result<Option<PeerId>, Box<dyn Error>> {
        let local = self.store.peer_id();
        if raw.state.own {
            return Ok(Some(local));
        }
        let owner = RecordKey::parse(raw.record.key.as_ref())?.owner;
        let came_with = self.came_with.get(&raw.record.key.to_vec()).copied().flatten();
        // Another's record that only claims to be the local peer's is nobody's.
        Ok(owner.or(came_with).filter(|publisher| *publisher != local))
    }

    fn agrees(&self, step: usize) -> Result<(), Box<dyn Error>> {
        let mut scanned: BTreeMap<PeerId, (Usage, BTreeSet<Vec<u8>>)> = BTreeMap::new();
        for raw in self.store.raw_records() {
            let Some(publisher) = self.publisher(&raw)? else { continue };
            let (usage, keys) = scanned.entry(publisher).or_default();
            usage.records += 1;
            usage.bytes += raw.record.key.as_ref().len() + raw.record.value.len();
            keys.insert(raw.record.key.to_vec());
        }
        let listed: BTreeMap<_, _> = self.store.publishers().into_iter().collect();
        let foreign = scanned.iter().filter(|(publisher, _)| **publisher != self.peers[0]);
        let foreign = foreign.map(|(publisher, (usage, _))| (*publisher, *usage)).collect();
        assert_eq!(listed, foreign, "seed {SEED}, step {step}");
        for publisher in self.peers {
            let (usage, keys) = scanned.remove(&publisher).unwrap_or_default();
            assert_eq!(self.store.publisher_usage(&publisher), usage, "seed {SEED}, step {step}");
            let found: Vec<_> = self.store.publisher_records(&publisher).collect();
            assert_eq!(found.len(), keys.len(), "seed {SEED}, step {step}: each once");
            assert!(found.iter().all(|raw| keys.contains(raw.record.key.as_ref())));
            assert_values(&self.notes, &publisher, &found)?;
            assert_values(&self.profiles, &publisher, &found)?;
            assert_values(&self.profiles.of(publisher), &publisher, &found)?;
        }
        let own = self.notes.store().raw_records_with_prefix(b"/netabase/note/");
        let own = own
            .filter(|raw| raw.state.own)
            .filter_map(|raw| self.notes.from_record(&raw.record).ok());
        let local = self.notes.get_local_records().collect::<Result<Vec<_>, _>>()?;
        assert_eq!(local, own.collect::<Vec<_>>(), "seed {SEED}, step {step}");
        Ok(())
    }
}

/// A database's values of a publisher are those of its records that the database shows.
fn assert_values<V: NetabaseSchema + PartialEq + Debug>(
    database: &MemoryStoreDatabase<V>,
    publisher: &PeerId,
    records: &[RawRecord],
) -> Result<(), Box<dyn Error>> {
    for view in [database.clone(), database.with_held()] {
        let mut expected = Vec::new();
        for raw in records {
            let Ok(value) = database.from_record(&raw.record) else { continue };
            if view.get_record(&value.key())?.as_ref() == Some(&raw.record) {
                expected.push(value);
            }
        }
        let found = view.get_publisher_records(publisher).collect::<Result<Vec<_>, _>>()?;
        assert_eq!(found, expected, "seed {SEED}");
    }
    Ok(())
}
