//! Threads that write one store at once: each has keys of its own, of which it knows everything, and all of them move
//! money between accounts, of which the sum never changes.

use std::{collections::BTreeMap, error::Error, thread};

use netabase::{MemoryStoreDatabase, NetabaseSchema, NetabaseStore, TransactionError};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// How many accounts there are: few, so that transactions are in each other's way.
const ACCOUNTS: u8 = 16;

const MONEY: u64 = 1_000;

/// How many keys each thread has.
const KEYS: u16 = 200;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(thread, id))]
struct Row {
    thread: u8,
    id: u16,
    #[netabase(index)]
    group: (u8, u8),
    text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Account {
    #[netabase(key)]
    id: u8,
    #[netabase(index)]
    money: u64,
}

/// Lets so many threads do so many operations each, on one store.
///
/// # Errors
///
/// What the store refused, though it should not.
///
/// # Panics
///
/// If a thread reads something else than it wrote, or money was made or lost.
pub fn run(seed: u64, threads: u8, operations: u64) -> Outcome {
    let store = NetabaseStore::new();
    let (rows, accounts) = (store.database::<Row>()?, store.database::<Account>()?);
    accounts.load((0..ACCOUNTS).map(|id| Account { id, money: MONEY }))?;
    let written = thread::scope(|scope| {
        let run = |thread| {
            let (rows, accounts) = (rows.clone(), accounts.clone());
            let rng = SmallRng::seed_from_u64(seed ^ (u64::from(thread) << 32));
            scope.spawn(move || {
                Worker { thread, rng, rows, accounts, own: BTreeMap::new() }.run(operations)
            })
        };
        let workers: Vec<_> = (0..threads).map(run).collect();
        let joined = workers.into_iter().map(|worker| worker.join().expect("no thread panics"));
        joined.collect::<Outcome<Vec<_>>>()
    })?;
    let expected: Vec<Row> = written.into_iter().flat_map(BTreeMap::into_values).collect();
    assert_eq!(rows.iter().collect::<Result<Vec<_>, _>>()?, expected, "all that was written");
    assert_eq!(rows.len(), expected.len());
    assert_eq!(sum(&accounts)?, MONEY * u64::from(ACCOUNTS));
    let by_money: Vec<u64> = accounts
        .index(Account::MONEY)
        .iter()
        .map(|account| Ok(account?.money))
        .collect::<Outcome<_>>()?;
    assert!(by_money.is_sorted() && by_money.len() == usize::from(ACCOUNTS), "{by_money:?}");
    Ok(())
}

/// A scan shows one moment, so the sum is whole at any time.
fn sum(accounts: &MemoryStoreDatabase<Account>) -> Outcome<u64> {
    let money = accounts.scan().map(|account| Ok(account?.money));
    money.sum()
}

struct Worker {
    thread: u8,
    rng: SmallRng,
    rows: MemoryStoreDatabase<Row>,
    accounts: MemoryStoreDatabase<Account>,
    own: BTreeMap<u16, Row>,
}

impl Worker {
    fn run(mut self, operations: u64) -> Outcome<BTreeMap<u16, Row>> {
        for step in 0..operations {
            match self.rng.random_range(0..20) {
                0..8 => self.put(step)?,
                8..11 => self.remove()?,
                11..14 => self.read()?,
                14 => self.walk()?,
                15..19 => self.transfer()?,
                _ => assert_eq!(sum(&self.accounts)?, MONEY * u64::from(ACCOUNTS), "step {step}"),
            }
        }
        Ok(self.own)
    }

    fn id(&mut self) -> u16 {
        self.rng.random_range(0..KEYS)
    }

    fn put(&mut self, step: u64) -> Outcome {
        let (thread, id) = (self.thread, self.id());
        let group = (thread, self.rng.random_range(0..5));
        let row = Row { thread, id, group, text: step.to_string() };
        assert_eq!(self.rows.put(&row)?, self.own.insert(id, row), "put");
        Ok(())
    }

    fn remove(&mut self) -> Outcome {
        let id = self.id();
        let was_there = self.own.remove(&id).is_some();
        assert_eq!(self.rows.remove(&(self.thread, id))?, was_there, "remove");
        Ok(())
    }

    fn read(&mut self) -> Outcome {
        let id = self.id();
        assert_eq!(self.rows.get(&(self.thread, id))?.as_ref(), self.own.get(&id), "get");
        Ok(())
    }

    /// What others write beside it does not disturb a walk over what is this thread's.
    fn walk(&mut self) -> Outcome {
        let group = (self.thread, self.rng.random_range(0..5));
        let found = self.rows.index(Row::GROUP).get(group)?.collect::<Result<Vec<_>, _>>()?;
        let expected = self.own.values().filter(|row| row.group == group);
        assert!(found.iter().eq(expected), "by index");
        let found = self.rows.prefix(&(self.thread,))?.collect::<Result<Vec<_>, _>>()?;
        assert!(found.iter().eq(self.own.values()), "by prefix");
        Ok(())
    }

    fn transfer(&mut self) -> Outcome {
        let [from, to] = [0, 0].map(|_: u8| self.rng.random_range(0..ACCOUNTS));
        let moved = self.rng.random_range(0..50);
        let accounts = &self.accounts;
        let transfer = accounts.store().transaction(|tx| {
            let (Some(mut giver), Some(mut taker)) =
                (tx.get(accounts, &from)?, tx.get(accounts, &to)?)
            else {
                return Ok(false);
            };
            let Some(left) = giver.money.checked_sub(moved) else { return Ok(true) };
            if from != to {
                (giver.money, taker.money) = (left, taker.money + moved);
                tx.put(accounts, &giver)?;
                tx.put(accounts, &taker)?;
            }
            Ok::<_, TransactionError>(true)
        });
        match transfer {
            // Others were faster each time: nothing was moved.
            Err(TransactionError::Conflict { .. }) => Ok(()),
            there => {
                assert!(there?, "no account is ever removed");
                Ok(())
            }
        }
    }
}
