//! A store whose records end, against a map that knows when.

mod agreement;

use std::{collections::BTreeMap, error::Error, time::Duration};

use libp2p::kad::{Record, store::RecordStore};
use netabase::{
    ArrivalError, Envelope, ManualClock, MemoryStoreDatabase, NetabaseSchema, PutOutcome,
    RecordState,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};

use super::{leased, tombstone_of};
use crate::clocks::{NOW_MS, store_at};

const STEPS: usize = 10_000;
const SEED: u64 = 20_261_202;
const TOMBSTONE_EXTRA: Duration = Duration::from_secs(20 * 60);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open", ttl = "10m")]
struct Visit {
    #[netabase(key)]
    id: u8,
    text: String,
}

/// What the map knows of a record.
#[derive(Clone)]
struct Known {
    /// As peers are sent it.
    value: Vec<u8>,
    state: RecordState,
    /// `true` if peers may hold what the application wrote.
    shared: bool,
    /// The end of its life, in milliseconds since the run began.
    ends: Option<u64>,
}

struct Run {
    step: usize,
    rng: SmallRng,
    clock: ManualClock,
    visits: MemoryStoreDatabase<Visit>,
    author: MemoryStoreDatabase<Visit>,
    /// Since the run began, by the monotonic clock.
    passed_ms: u64,
    wall_ms: u64,
    oracle: BTreeMap<u8, Known>,
}

/// Counts take out what has expired: once they are asked after each step, once hardly ever.
#[test]
fn random_lives_agree_with_a_map_of_deadlines() -> Result<(), Box<dyn Error>> {
    for steps_between_counts in [1, 100] {
        let clock = ManualClock::at_unix_ms(NOW_MS);
        let mut run = Run {
            step: 0,
            rng: SmallRng::seed_from_u64(SEED),
            visits: store_at(&clock).database()?,
            author: store_at(&clock).database()?,
            clock,
            passed_ms: 0,
            wall_ms: NOW_MS,
            oracle: BTreeMap::new(),
        };
        while run.step < STEPS {
            run.write()?;
            run.reads_agree()?;
            if run.step.is_multiple_of(steps_between_counts) {
                run.counts_agree();
            }
            run.step += 1;
        }
    }
    Ok(())
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.step < STEPS {
            eprintln!("stopped at step {} of seed {SEED}", self.step);
        }
    }
}

impl Known {
    fn envelope(&self) -> Envelope<'_> {
        Envelope::parse(&self.value).expect("a stored value is an envelope")
    }

    fn is_visible(&self) -> bool {
        self.state.wanted && !self.envelope().tombstone
    }

    /// Returns whether the application removed it: somebody else's tombstone leaves it wanted.
    fn is_removed(&self) -> bool {
        self.envelope().tombstone && self.state.own && !self.state.wanted
    }

    /// The end of the lease by the wall clock, if the record ends with it.
    fn lapses_ms(&self) -> Option<u64> {
        let envelope = self.envelope();
        let ends_with_it = !self.state.own || envelope.tombstone;
        ends_with_it.then_some(u64::from(envelope.not_after) * 1000)
    }
}

impl Run {
    fn write(&mut self) -> Result<(), Box<dyn Error>> {
        match self.rng.random_range(0..100) {
            0..15 => {
                let visit = self.visit();
                let replaced = self.shown(visit.id);
                assert_eq!(self.visits.put(&visit)?, replaced, "put");
                self.wrote(&visit, Some(600_000));
            }
            15..27 => {
                let (visit, ttl) = (self.visit(), self.ttl());
                let replaced = self.shown(visit.id);
                assert_eq!(self.visits.put_with_ttl(&visit, ttl)?, replaced, "put_with_ttl");
                self.wrote(&visit, ttl.map(millis));
            }
            27..32 => {
                let batch = [self.visit(), self.visit(), self.visit()];
                self.visits.put_batch(&batch)?;
                let last = batch.iter().map(|visit| (visit.id, visit)).collect::<BTreeMap<_, _>>();
                for visit in last.into_values() {
                    self.wrote(visit, Some(600_000));
                }
            }
            32..42 => self.set_ttl()?,
            42..50 => self.remove()?,
            50..58 => self.publish()?,
            58..78 => self.arrival()?,
            78..80 => self.stop_serving()?,
            80..94 => {
                let ms = self.rng.random_range(0..120_000);
                self.clock.advance(Duration::from_millis(ms));
                (self.passed_ms, self.wall_ms) = (self.passed_ms + ms, self.wall_ms + ms);
            }
            94..96 => {
                // Life goes on; leases end sooner.
                self.wall_ms += self.rng.random_range(0..60_000);
                self.clock.set_unix_ms(self.wall_ms);
            }
            _ => assert!(self.visits.maintain_store().is_complete),
        }
        let (passed_ms, wall_ms) = (self.passed_ms, self.wall_ms);
        self.oracle.retain(|_, known| {
            known.ends.is_none_or(|ends| ends > passed_ms)
                && known.lapses_ms().is_none_or(|lapses| lapses > wall_ms)
        });
        Ok(())
    }

    /// Notes what the application wrote: what it had published stays served.
    fn wrote(&mut self, visit: &Visit, ttl_ms: Option<u64>) {
        let known = self.oracle.get(&visit.id);
        let served =
            known.is_some_and(|known| known.state.own && known.state.served && !known.is_removed());
        let shared = served || known.is_some_and(|known| known.shared);
        let state = RecordState { own: true, wanted: true, served };
        let ends = ttl_ms.map(|ttl_ms| self.passed_ms + ttl_ms);
        let value = self.stored(visit.id);
        assert!(ttl_ms == Some(0) || value.is_some(), "it was just written");
        self.oracle.remove(&visit.id);
        self.oracle.extend(value.map(|value| (visit.id, Known { value, state, shared, ends })));
    }

    fn set_ttl(&mut self) -> Result<(), Box<dyn Error>> {
        let (id, ttl) = (self.id(), self.ttl());
        let own = self.oracle.get_mut(&id).filter(|known| known.is_visible() && known.state.own);
        assert_eq!(self.visits.set_ttl(&id, ttl)?, own.is_some(), "set_ttl");
        if let Some(own) = own {
            own.ends = ttl.map(|ttl| self.passed_ms + millis(ttl));
        }
        Ok(())
    }

    fn remove(&mut self) -> Result<(), Box<dyn Error>> {
        let id = self.id();
        let known = self.oracle.get(&id).filter(|known| known.is_visible()).cloned();
        assert_eq!(self.visits.remove(&id)?, known.is_some(), "remove");
        let Some(mut known) = known else { return Ok(()) };
        if known.state.own && known.shared {
            known.state.served = true;
            known =
                Known { value: self.stored(id).ok_or("a tombstone is left")?, ends: None, ..known };
            let lifetime = self.visits.store().max_lifetime() + TOMBSTONE_EXTRA;
            let end = (self.wall_ms + millis(lifetime)).div_ceil(1000);
            assert_eq!(u64::from(known.envelope().not_after), end);
        }
        known.state.wanted = false;
        self.oracle.remove(&id);
        self.oracle.extend(known.state.served.then_some((id, known)));
        Ok(())
    }

    fn publish(&mut self) -> Result<(), Box<dyn Error>> {
        let visit = self.visit();
        super::publish(&self.visits, &visit)?;
        let value = self.stored(visit.id).ok_or("it was published")?;
        let state = RecordState { own: true, wanted: true, served: true };
        let ends = Some(self.passed_ms + 600_000);
        self.oracle.insert(visit.id, Known { value, state, shared: true, ends });
        Ok(())
    }

    /// A value or a tombstone of another author's, from a peer or through the application.
    fn arrival(&mut self) -> Result<(), Box<dyn Error>> {
        let visit = self.visit();
        let lease = Duration::from_secs(self.rng.random_range(1..1_500));
        let mut record = leased(self.author.to_record(&visit)?, lease, &self.clock);
        if self.rng.random_ratio(1, 5) {
            record = tombstone_of(record);
        }
        let by_a_peer = self.rng.random();
        let outcome = if by_a_peer {
            self.visits.store().put_from(&record, netabase::Source::UNKNOWN)
        } else {
            self.visits.put_record(&record)
        };
        let seen = RecordState { own: false, wanted: !by_a_peer, served: by_a_peer };
        let known = self.oracle.get(&visit.id);
        if by_a_peer && known.is_some_and(|known| known.state.own && !known.state.served) {
            assert_eq!(outcome, Err(ArrivalError::Private));
            return Ok(());
        }
        if known.is_some_and(|known| known.value > record.value) {
            // Whoever asks for a key is shown its winner.
            if let Some(known) = self.oracle.get_mut(&visit.id) {
                known.state.wanted |= seen.wanted && !known.envelope().tombstone;
            }
            assert_eq!(outcome, Ok(PutOutcome::Outdated));
            return Ok(());
        }
        assert_eq!(outcome, Ok(PutOutcome::Stored));
        let before = known.map(|known| known.state).unwrap_or_default();
        // An own key stays own, until the application has removed it and its tombstone is beaten.
        let tombstone = Envelope::parse(&record.value)?.tombstone;
        let is_removed = known.is_some_and(Known::is_removed);
        let own = before.own && (tombstone || !is_removed);
        let state = RecordState {
            own,
            // A tombstone does not ask for a key again that the application has removed.
            wanted: before.wanted || seen.wanted && !(tombstone && is_removed),
            served: before.served || seen.served,
        };
        let ends = known.and_then(|known| known.ends).filter(|_| own && !tombstone);
        let shared = own && (state.served || known.is_some_and(|known| known.shared));
        self.oracle.insert(visit.id, Known { value: record.value, state, shared, ends });
        Ok(())
    }

    /// As kad's `remove`.
    fn stop_serving(&mut self) -> Result<(), Box<dyn Error>> {
        let id = self.id();
        let key = self.author.to_record(&Visit { id, text: String::new() })?.key;
        self.visits.store().clone().remove(&key);
        match self.oracle.get_mut(&id) {
            Some(known) if known.is_visible() => known.state.served = false,
            _ => drop(self.oracle.remove(&id)),
        }
        Ok(())
    }

    /// What databases show of a key.
    fn shown(&self, id: u8) -> Option<Visit> {
        let known = self.oracle.get(&id).filter(|known| known.is_visible())?;
        let record = self.stored_record(id)?;
        assert_eq!(record.value, known.value);
        Visit::try_from(&record).ok()
    }

    fn stored(&self, id: u8) -> Option<Vec<u8>> {
        self.stored_record(id).map(|record| record.value)
    }

    fn stored_record(&self, id: u8) -> Option<Record> {
        let prefix = [b"/netabase/visit/w", &[id][..]].concat();
        self.visits.store().raw_records_with_prefix(&prefix).next().map(|raw| raw.record)
    }

    fn id(&mut self) -> u8 {
        self.rng.random_range(0..24)
    }

    fn visit(&mut self) -> Visit {
        let (id, len) = (self.id(), self.rng.random_range(0..20));
        Visit { id, text: "x".repeat(len) }
    }

    fn ttl(&mut self) -> Option<Duration> {
        let ms = self.rng.random_range(0..1_500_000);
        self.rng.random_ratio(4, 5).then_some(Duration::from_millis(ms))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).expect("tests do not last that long")
}
