//! Stores end alike whenever they learn a schema, whatever of it they can read.

use std::{collections::BTreeMap, error::Error};

use libp2p::kad::Record;
use netabase::{ManualClock, NetabaseStore, SharedSchema};
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::IndexedRandom, seq::SliceRandom};

use super::{Card, UNREADABLE, all, bob, card, new_card, peer, source};
use crate::authors::{
    HOUR, NETWORK, NOW_MS, contents, identity, minutes, set_payload, sign_again, store_of,
    tombstone,
};

const OWNERS: [u8; 2] = [3, 4];

#[test]
fn stores_that_learn_a_schema_before_between_or_after_its_records_converge()
-> Result<(), Box<dyn Error>> {
    for seed in 0..8 {
        run(seed).map_err(|error| format!("seed {seed}: {error}"))?;
    }
    Ok(())
}

fn run(seed: u64) -> Result<(), Box<dyn Error>> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut pool = Vec::new();
    while pool.len() < 40 {
        let handle = *["a", "b", "ab"].choose(&mut rng).ok_or("not empty")?;
        pool.push(if rng.random() {
            written(&card(handle, ["x", "y"][rng.random_range(0..2)]), &mut rng)?
        } else {
            written(&new_card(handle), &mut rng)?
        });
    }
    let mut expected: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    for Record { key, value, .. } in &pool {
        let winner = expected.entry(key.to_vec()).or_default();
        *winner = value.clone().max(winner.clone());
    }

    let between = rng.random_range(1..pool.len());
    let never = pool.len() + 1;
    let mut stores = Vec::new();
    for learns_at in [0, between, pool.len(), never] {
        let mut records = pool.clone();
        records.shuffle(&mut rng);
        let store = bob();
        for (at, record) in records.iter().enumerate() {
            if at == learns_at {
                store.database::<Card>()?;
            }
            store.put_from(record, source(rng.random()))?;
        }
        assert_eq!(contents(&store), expected, "seed {seed}, learnt at {learns_at}");
        stores.push(store);
    }

    let shown = shown(&stores[0])?;
    for store in &stores[1..] {
        assert_eq!(self::shown(store)?, shown, "seed {seed}");
        assert_eq!(contents(store), expected, "seed {seed}");
        let (a, b) = (store.capacity_info(), stores[0].capacity_info());
        assert_eq!((a.foreign, a.own), (b.foreign, b.own), "seed {seed}");
        let of_schema = |store: &NetabaseStore| {
            Ok::<_, netabase::OpenError>(store.database::<Card>()?.capacity_info().schema)
        };
        assert_eq!(of_schema(store)?, of_schema(&stores[0])?, "seed {seed}");
    }
    Ok(())
}

/// What a writer makes of a value: a record, also of another codec, or its tombstone, by a clock of nearly the
/// same time.
fn written<V: SharedSchema>(value: &V, rng: &mut SmallRng) -> Result<Record, Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(NOW_MS + rng.random_range(0..4));
    let lease = *[minutes(10), HOUR].choose(rng).ok_or("not empty")?;
    let owner = *OWNERS.choose(rng).ok_or("not empty")?;
    let database = store_of(owner, &clock, lease).database::<V>()?;
    if rng.random_range(0..4) == 0 {
        return tombstone(&database, value);
    }
    let mut record = database.to_record(value)?;
    if rng.random_range(0..3) == 0 {
        set_payload(&mut record, rng.random_range(1..8), UNREADABLE);
        sign_again(&mut record, NETWORK, &identity(owner))?;
    }
    Ok(record)
}

fn shown(store: &NetabaseStore) -> Result<Vec<Vec<Card>>, Box<dyn Error>> {
    let cards = store.database::<Card>()?;
    let of = |owner: &u8| all(&cards.with_held().of(peer(*owner)));
    Ok(OWNERS.iter().map(of).collect::<Result<_, _>>()?)
}
