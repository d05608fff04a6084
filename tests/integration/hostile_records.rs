//! Records from nowhere: whatever the bytes, a typed error or a valid record, never a panic.

use libp2p::kad::{Record, RecordKey as KadKey, store::RecordStore};
use netabase::{ArrivalError, DatabaseError, NetabaseStore};
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

use crate::schemas::{Note, note};

const SEED: u64 = 42;

#[test]
fn mutated_records_are_refused_or_valid() -> Result<(), DatabaseError> {
    let mut rng = SmallRng::seed_from_u64(SEED);
    let notes = NetabaseStore::new().database::<Note>()?;
    let template = NetabaseStore::new().database::<Note>()?.to_record(&note("hello", "world"))?;
    let mut stored = 0;
    for _ in 0..100_000 {
        let record = mutated(&template, &mut rng);
        let before = (notes.len(), notes.store().record_count(), notes.store().byte_count());
        match notes.put_record(&record) {
            Ok(_) => {
                stored += 1;
                if let Ok(value) = notes.from_record(&record) {
                    assert_eq!(
                        notes.get(&value.title)?,
                        Some(value),
                        "what is accepted is readable"
                    );
                }
                let raw: Vec<_> = notes.store().raw_records().collect();
                for raw in raw {
                    NetabaseStore::remove(&mut notes.store().clone(), &raw.record.key);
                }
                for value in notes.scan() {
                    notes.remove(&value?.title)?;
                }
            }
            Err(_) => assert_eq!(
                before,
                (notes.len(), notes.store().record_count(), notes.store().byte_count()),
                "a refused record changes nothing"
            ),
        }
    }
    assert!(stored > 100, "some mutations are harmless: {stored}");
    Ok(())
}

fn mutated(template: &Record, rng: &mut SmallRng) -> Record {
    let mut key = template.key.to_vec();
    let mut value = template.value.clone();
    for _ in 0..rng.random_range(1..4) {
        let bytes = if rng.random_ratio(1, 4) { &mut key } else { &mut value };
        match rng.random_range(0..4) {
            0 if !bytes.is_empty() => {
                let at = rng.random_range(0..bytes.len());
                bytes[at] = rng.random();
            }
            1 => bytes.truncate(rng.random_range(0..=bytes.len())),
            2 => {
                let at = rng.random_range(0..=bytes.len());
                let byte = *[0, 1, 0x7f, 0x80, 0xfb, 0xfc, 0xff].choose(rng).expect("not empty");
                bytes.insert(at, byte);
            }
            _ => bytes.extend((0..rng.random_range(0..20)).map(|_| rng.random::<u8>())),
        }
    }
    Record::new(KadKey::from(key), value)
}

#[test]
fn a_record_of_an_unknown_schema_is_refused() -> Result<(), DatabaseError> {
    let mut store = NetabaseStore::new();
    let record = NetabaseStore::new().database::<Note>()?.to_record(&note("hi", "there"))?;
    assert!(RecordStore::put(&mut store, record.clone()).is_err());

    // A store whose databases know other schemas gives the reason to the application.
    let users = store.database::<crate::schemas::User>()?;
    let refused = users.put_record(&record);
    assert!(matches!(refused, Err(ArrivalError::Record(_))), "{refused:?}");
    assert_eq!(store.record_count(), 0);
    Ok(())
}

#[test]
fn a_full_store_refuses_records_too() -> Result<(), Box<dyn std::error::Error>> {
    let limits = netabase::Limits { max_foreign_records: 0, ..netabase::Limits::default() };
    let max_bytes = limits.max_foreign_bytes;
    let notes = NetabaseStore::builder().limits(limits).build()?.database::<Note>()?;
    notes.put(&note("a", ""))?;
    let record = notes.to_record(&note("b", ""))?;
    let refused = notes.put_record(&record);
    let full = ArrivalError::ForeignFull { max_records: 0, max_bytes };
    assert_eq!(refused, Err(full));
    Ok(())
}
