//! How far records are, by kad's own arithmetic.

use std::error::Error;

use libp2p::{
    PeerId,
    kad::{KBucketDistance, KBucketKey, Record, RecordKey},
};
use netabase::{ManualClock, NetabaseStore, RawRecord, Source};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

use crate::authors::{HOUR, NOW_MS, identity, store_at_now, store_of, sync};
use crate::schemas::{Note, Profile, User, note, profile, user};

/// A store with records of all kinds: private, published, removed, of others, held for peers.
fn filled(clock: &ManualClock) -> Result<NetabaseStore, Box<dyn Error>> {
    let store = store_of(1, clock, HOUR);
    let (users, notes) = (store.database::<User>()?, store.database::<Note>()?);
    users.load((0..700).map(user))?;
    let profiles = store.database::<Profile>()?;
    profiles.put_batch(&["a", "b", "c"].map(profile))?;
    sync(&profiles)?;
    profiles.remove("b")?;
    let other = store_at_now(2).database::<Note>()?;
    for count in 0..20 {
        let record = other.to_record(&note(&count.to_string(), ""))?;
        if count % 2 == 0 {
            notes.put_record(&record)?;
        } else {
            store.put_from(&record, Source::UNKNOWN)?;
        }
    }
    Ok(store)
}

/// All records and their distances from a place, the closest first.
fn sorted<T>(store: &NetabaseStore, place: &KBucketKey<T>) -> Vec<(RawRecord, KBucketDistance)> {
    let distance = |record: &Record| place.distance(&KBucketKey::new(record.key.to_vec()));
    let records = store.raw_records().map(|raw| (raw.clone(), distance(&raw.record)));
    let mut records: Vec<_> = records.collect();
    records.sort_by_key(|(_, distance)| *distance);
    records
}

#[test]
fn a_distance_is_the_one_by_which_kad_decides_who_holds_a_record() -> Result<(), Box<dyn Error>> {
    let store = filled(&ManualClock::at_unix_ms(NOW_MS))?;
    let place = KBucketKey::from(PeerId::from(identity(1).public()));
    for (raw, distance) in sorted(&store, &place) {
        assert_eq!(store.distance(&raw.record.key), distance);
        assert_eq!(
            store.distance(&raw.record.key),
            place.distance(&KBucketKey::from(raw.record.key))
        );
    }
    let nowhere = RecordKey::new(b"not stored");
    assert_eq!(store.distance(&nowhere), place.distance(&KBucketKey::new(*b"not stored")));
    Ok(())
}

#[test]
fn the_closest_are_those_that_sorting_all_records_puts_first() -> Result<(), Box<dyn Error>> {
    const SEED: u64 = 20_261_125;
    let mut rng = SmallRng::seed_from_u64(SEED);
    let store = filled(&ManualClock::at_unix_ms(NOW_MS))?;
    let total = store.record_count();
    assert_eq!(total, 700 + 3 + 20);
    let counts = [0, 1, 2, 20, total - 1, total, total + 1, 10 * total, usize::MAX];
    for count in counts {
        let key = RecordKey::new(&rng.random::<[u8; 16]>());
        let found = store.closest_to_key(&key, count);
        let found: Vec<_> = found.into_iter().map(|near| (near.record, near.distance)).collect();
        let mut expected = sorted(&store, &KBucketKey::from(key));
        expected.truncate(count);
        assert_eq!(found, expected, "seed {SEED}, the {count} closest to a key");

        let peer = PeerId::from(identity(rng.random()).public());
        let found = store.closest_to_peer(&peer, count);
        let found: Vec<_> = found.into_iter().map(|near| (near.record, near.distance)).collect();
        let mut expected = sorted(&store, &KBucketKey::from(peer));
        expected.retain(|(raw, _)| raw.state.served);
        expected.truncate(count);
        assert_eq!(found, expected, "seed {SEED}, the {count} served that are closest to {peer}");
    }
    Ok(())
}

#[test]
fn a_stored_key_is_closest_to_itself() -> Result<(), Box<dyn Error>> {
    let store = filled(&ManualClock::at_unix_ms(NOW_MS))?;
    for raw in store.raw_records().step_by(50) {
        let nearest = store.closest_to_key(&raw.record.key, 1).remove(0);
        assert_eq!((nearest.record, nearest.distance), (raw, KBucketDistance::default()));
    }
    Ok(())
}

#[test]
fn an_empty_store_has_no_closest() {
    let store = store_at_now(1);
    for count in [0, 1, usize::MAX] {
        assert_eq!(store.closest_to_key(&RecordKey::new(b"key"), count), []);
        assert_eq!(store.closest_to_peer(&store.peer_id(), count), []);
    }
}

#[test]
fn what_has_expired_is_nowhere_near() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS);
    let store = filled(&clock)?;
    clock.advance(2 * HOUR);
    let place = store.database::<User>()?.record_key(&0)?;
    let left = store.closest_to_key(&place, usize::MAX);
    assert_eq!(left.len(), 700 + 2, "others' and the tombstone are gone");
    assert!(left.iter().all(|near| near.record.state.own));
    Ok(())
}
