//! Nothing that is merged is lost, whoever writes the same key meanwhile.

use std::{error::Error, thread};

use libp2p::kad::Record;
use netabase::{
    DatabaseError, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, PutOutcome,
    TransactionError, check_merge,
};
use serde::{Deserialize, Serialize};

/// A set of small numbers, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(merge = either)]
struct Bits {
    #[netabase(key)]
    id: u8,
    words: Vec<u64>,
}

const WORDS: usize = 64;

fn either(a: &Bits, b: &Bits) -> Bits {
    let words = a.words.iter().zip(&b.words).map(|(a, b)| a | b).collect();
    Bits { id: a.id, words }
}

impl Bits {
    fn with(mut self, bit: usize) -> Self {
        self.words.resize(WORDS, 0);
        self.words[bit / 64] |= 1 << (bit % 64);
        self
    }

    fn is_full(&self) -> bool {
        self.words.iter().all(|word| *word == u64::MAX)
    }
}

/// A record for every second bit.
fn records(from: usize) -> Result<Vec<Record>, DatabaseError> {
    let writer = NetabaseStore::new().database::<Bits>()?;
    let bits = (from..WORDS * 64).step_by(2);
    Ok(bits.map(|bit| writer.to_record(&Bits::default().with(bit))).collect::<Result<_, _>>()?)
}

#[test]
fn the_function_under_test_merges_as_it_should() -> Result<(), Box<dyn Error>> {
    let values = [0, 1, 63, 64, 4095].map(|bit| Bits::default().with(bit));
    Ok(check_merge(&values)?)
}

#[test]
fn two_threads_that_merge_into_one_key_lose_nothing() -> Result<(), Box<dyn Error>> {
    let bits = NetabaseStore::new().database::<Bits>()?;
    let (even, odd) = (records(0)?, records(1)?);
    let merge = |records: &[Record]| -> Result<usize, DatabaseError> {
        let mut taken = 0;
        for record in records {
            let outcome = bits.put_record(record)?;
            taken += usize::from(matches!(outcome, PutOutcome::Stored | PutOutcome::Merged));
        }
        Ok(taken)
    };
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| merge(&even));
        let second = merge(&odd);
        (first.join(), second)
    });
    let first = first.map_err(|_| "the other thread panicked")??;
    assert_eq!((first, second?), (WORDS * 32, WORDS * 32), "each record brought something new");
    assert_eq!(bits.get(&0)?.map(|bits| bits.is_full()), Some(true));
    Ok(())
}

#[test]
fn merging_and_transactions_on_one_key_lose_nothing() -> Result<(), Box<dyn Error>> {
    let bits = NetabaseStore::new().database::<Bits>()?;
    let even = records(0)?;
    let (merged, added) = thread::scope(|scope| {
        let merged =
            scope.spawn(|| even.iter().try_for_each(|record| bits.put_record(record).map(drop)));
        let added = (1..WORDS * 64).step_by(2).try_for_each(|bit| add(&bits, bit));
        (merged.join(), added)
    });
    added?;
    merged.map_err(|_| "the other thread panicked")??;
    assert_eq!(bits.get(&0)?.map(|bits| bits.is_full()), Some(true));
    Ok(())
}

/// Adds a bit in a transaction, as often as it takes.
fn add(bits: &MemoryStoreDatabase<Bits>, bit: usize) -> Result<(), TransactionError> {
    loop {
        let added = bits.store().transaction(|tx| {
            let now = tx.get(bits, &0)?.unwrap_or_default();
            tx.put(bits, &now.with(bit))
        });
        match added {
            Err(TransactionError::Conflict { .. }) => {}
            done => return done,
        }
    }
}
