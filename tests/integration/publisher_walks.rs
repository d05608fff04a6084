//! A walk over a publisher's records, while they come and go.

use std::{
    collections::HashMap,
    error::Error,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use libp2p::{
    PeerId,
    kad::{Record, RecordKey as KadKey, store::RecordStore},
};
use netabase::{MemoryStoreDatabase, NetabaseSchema, NetabaseStore};
use serde::{Deserialize, Serialize};

use crate::authors::identity;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
struct Letter {
    #[netabase(key)]
    id: u32,
}

/// More than are copied under one lock: of slots, and of records.
const LETTERS: u32 = 1 << 15;

/// Of so many letters one stays.
const STAYS: usize = 4;

fn publisher() -> PeerId {
    PeerId::from(identity(3).public())
}

fn letters(
    author: &MemoryStoreDatabase<Letter>,
    ids: impl Iterator<Item = u32>,
) -> Result<Vec<Record>, Box<dyn Error>> {
    ids.map(|id| {
        let record = author.to_record(&Letter { id })?;
        Ok(Record { publisher: Some(publisher()), ..record })
    })
    .collect()
}

fn times_met(store: &NetabaseStore) -> HashMap<KadKey, usize> {
    let mut met = HashMap::new();
    for raw in store.publisher_records(&publisher()) {
        *met.entry(raw.record.key).or_default() += 1;
    }
    met
}

#[test]
fn what_stays_is_met_once_while_others_go_under_way() -> Result<(), Box<dyn Error>> {
    let author = NetabaseStore::new().database::<Letter>()?;
    let mut store = NetabaseStore::new();
    store.database::<Letter>()?;
    let letters = letters(&author, 0..2000)?;
    for letter in &letters {
        store.put(letter.clone())?;
    }
    let mut met: HashMap<KadKey, usize> = HashMap::new();
    let walk = store.publisher_records(&publisher());
    let mut going = letters.iter().enumerate().filter(|(place, _)| place % STAYS != 0);
    for raw in walk {
        *met.entry(raw.record.key).or_default() += 1;
        // Two go for each that is met, and one of them comes back, into another's slot.
        for back in [true, false] {
            let Some((_, letter)) = going.next() else { continue };
            store.remove(&letter.key);
            if back {
                store.put(letter.clone())?;
            }
        }
    }
    for letter in letters.iter().step_by(STAYS) {
        assert_eq!(met.get(&letter.key), Some(&1), "it was there throughout");
    }
    Ok(())
}

#[test]
fn what_stays_is_met_once_by_every_walk_beside_a_thread_that_changes_others()
-> Result<(), Box<dyn Error>> {
    let author = NetabaseStore::new().database::<Letter>()?;
    let mut store = NetabaseStore::new();
    store.database::<Letter>()?;
    let letters = letters(&author, 0..LETTERS)?;
    for letter in &letters {
        store.put(letter.clone())?;
    }
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut store = store.clone();
            let mut going = letters.iter().enumerate().filter(|(place, _)| place % STAYS != 0);
            let mut gone = Vec::new();
            while !is_done.load(Ordering::Relaxed) {
                let Some((_, letter)) = going.next() else { break };
                store.remove(&letter.key);
                gone.push(letter);
                if gone.len() == 50 {
                    let back = gone.drain(..).step_by(2);
                    back.for_each(|letter| store.put(letter.clone()).expect("there is room"));
                }
            }
        });
        for _ in 0..3 {
            let met = times_met(&store);
            for letter in letters.iter().step_by(STAYS) {
                assert_eq!(met.get(&letter.key), Some(&1), "it was there throughout");
            }
        }
        is_done.store(true, Ordering::Relaxed);
    });
    Ok(())
}
