//! Transactions over several schemas: all or nothing, and nobody sees half.

use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use libp2p::kad::store::RecordStore;
use netabase::{
    DatabaseError, Limits, MemoryStoreDatabase, NetabaseSchema, NetabaseStore, OutOfRoom,
    RawRecord, Transaction, TransactionError, WriteError,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};

use crate::schemas::{Note, note};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Account {
    #[netabase(key)]
    id: u32,
    #[netabase(index(unique))]
    name: String,
    #[netabase(index)]
    cents: i64,
}

fn account(id: u32, cents: i64) -> Account {
    Account { id, name: format!("account {id}"), cents }
}

fn bank(accounts: u32) -> Result<(NetabaseStore, MemoryStoreDatabase<Account>), Box<dyn Error>> {
    let store = NetabaseStore::new();
    let database = store.database::<Account>()?;
    database.load((0..accounts).map(|id| account(id, 100)))?;
    Ok((store, database))
}

#[test]
fn its_own_reads_see_its_writes_and_nobody_elses_do() -> Result<(), Box<dyn Error>> {
    let (store, accounts) = bank(2)?;
    let notes = store.database::<Note>()?;
    store.transaction(|tx| {
        tx.put(&accounts, &account(0, 50))?;
        tx.put(&notes, &note("moved", "50"))?;
        assert_eq!(tx.get(&accounts, &0)?, Some(account(0, 50)));
        assert!(tx.contains(&notes, "moved")?);
        assert_eq!(accounts.get(&0)?, Some(account(0, 100)), "a call outside the transaction");
        assert!(tx.remove(&accounts, &1)? && !tx.remove(&accounts, &1)?);
        assert_eq!(tx.get(&accounts, &1)?, None);
        tx.put(&accounts, &account(1, 7))?;
        assert_eq!(tx.get(&accounts, &1)?, Some(account(1, 7)));
        Ok::<_, DatabaseError>(())
    })?;
    assert_eq!(accounts.get_batch([&0, &1])?, [Some(account(0, 50)), Some(account(1, 7))]);
    assert!(notes.contains("moved")?);
    Ok(())
}

#[test]
fn errors_and_panics_leave_nothing_to_undo() -> Result<(), Box<dyn Error>> {
    let (store, accounts) = bank(2)?;
    let before = everything(&store);
    let failed: Result<(), Box<dyn Error>> = store.transaction(|tx| {
        tx.put(&accounts, &account(0, 50))?;
        tx.remove(&accounts, &1)?;
        Err("changed my mind".into())
    });
    assert_eq!(failed.expect_err("it failed").to_string(), "changed my mind");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        store.transaction(|tx| -> Result<(), DatabaseError> {
            tx.put(&accounts, &account(0, 50))?;
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(everything(&store), before);
    Ok(())
}

#[test]
fn limits_and_unique_indexes_are_checked_at_the_end() -> Result<(), Box<dyn Error>> {
    let limits = Limits { max_records: 3, ..Limits::default() };
    let store = NetabaseStore::builder().limits(limits).build()?;
    let accounts = store.database::<Account>()?;
    accounts.load((0..2).map(|id| account(id, 100)))?;

    let full = store.transaction(|tx| {
        tx.put(&accounts, &account(2, 0))?;
        tx.put(&accounts, &account(3, 0))
    });
    assert!(
        matches!(
            full,
            Err(TransactionError::Write(WriteError::OutOfRoom(OutOfRoom::Records { .. })))
        ),
        "{full:?}"
    );

    let rename = |tx: &mut Transaction<'_>, id, name: &str| {
        tx.put(&accounts, &Account { name: name.into(), ..account(id, 100) })
    };
    let doubled = store.transaction(|tx| rename(tx, 0, "account 1"));
    assert!(
        matches!(
            doubled,
            Err(TransactionError::Write(WriteError::NotUnique { index: "name", .. }))
        ),
        "{doubled:?}"
    );
    store.transaction(|tx| {
        rename(tx, 0, "account 1")?;
        rename(tx, 1, "account 0")
    })?;
    let swapped = accounts.index(Account::NAME).get("account 1")?.next().transpose()?;
    assert_eq!(swapped.map(|account| account.id), Some(0));
    assert_eq!(accounts.len(), 2);
    Ok(())
}

#[test]
fn it_runs_again_when_what_it_read_has_changed_and_gives_up_in_the_end()
-> Result<(), Box<dyn Error>> {
    let (store, accounts) = bank(1)?;
    let mut runs = 0;
    store.transaction(|tx| {
        runs += 1;
        let seen = tx.get(&accounts, &0)?.map_or(0, |account| account.cents);
        if runs < 3 {
            accounts.put(&account(0, seen + 1000))?;
        }
        tx.put(&accounts, &account(0, seen + 1))
    })?;
    assert_eq!((runs, accounts.get(&0)?), (3, Some(account(0, 2101))));

    let before = everything(&store).len();
    let mut runs = 0;
    let given_up = store.transaction(|tx| {
        runs += 1;
        assert!(!tx.contains(&accounts, &1)?, "what is not there is read, too");
        accounts.put(&account(1, 0))?;
        accounts.remove(&1)?;
        tx.get(&accounts, &0)?;
        accounts.put(&account(0, runs))?;
        tx.put(&accounts, &account(5, 0))
    });
    assert_eq!(given_up, Err(TransactionError::Conflict { runs: 8 }));
    assert_eq!((runs, everything(&store).len()), (8, before));
    Ok(())
}

/// A record from elsewhere may have the very clock of the one it replaces.
#[test]
fn a_change_that_keeps_the_clock_is_a_change() -> Result<(), Box<dyn Error>> {
    let (store, accounts) = bank(0)?;
    let record = NetabaseStore::new().database::<Account>()?.to_record(&account(0, 10))?;
    accounts.put_record(&record)?;
    let mut larger = accounts.to_record(&account(0, 60))?;
    larger.value[..8].copy_from_slice(&record.value[..8]);
    let mut runs = 0;
    store.transaction(|tx| {
        runs += 1;
        let seen = tx.get(&accounts, &0)?.map_or(0, |account| account.cents);
        if runs == 1 {
            accounts.put_record(&larger)?;
        }
        Ok::<_, DatabaseError>(tx.put(&accounts, &account(0, seen + 1))?)
    })?;
    assert_eq!((runs, accounts.get(&0)?), (2, Some(account(0, 61))));
    Ok(())
}

#[test]
fn an_error_that_comes_of_stale_reads_is_no_error() -> Result<(), Box<dyn Error>> {
    let (store, accounts) = bank(2)?;
    let mut runs = 0;
    let sum = store.transaction(|tx| {
        runs += 1;
        let first = tx.get(&accounts, &0)?.map_or(0, |account| account.cents);
        if runs == 1 {
            accounts.put_batch(&[account(0, 150), account(1, 50)])?;
        }
        let second = tx.get(&accounts, &1)?.map_or(0, |account| account.cents);
        if first + second == 200 {
            Ok(runs)
        } else {
            Err(Box::<dyn Error>::from("books do not balance"))
        }
    })?;
    assert_eq!(sum, 2);
    Ok(())
}

#[test]
fn room_that_a_transaction_makes_it_may_use() -> Result<(), Box<dyn Error>> {
    let store =
        NetabaseStore::builder().limits(Limits { max_records: 1, ..Limits::default() }).build()?;
    let accounts = store.database::<Account>()?;
    accounts.put(&account(1, 0))?;
    store.transaction(|tx| {
        tx.remove(&accounts, &1)?;
        tx.put(&accounts, &account(2, 0))
    })?;
    assert_eq!(
        (accounts.contains(&1)?, accounts.contains(&2)?, store.record_count()),
        (false, true, 1)
    );
    Ok(())
}

#[test]
fn what_is_removed_and_put_anew_is_private_again() -> Result<(), Box<dyn Error>> {
    let mut store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    let mut record = notes.to_record(&note("hi", "there"))?;
    record.publisher = Some(store.peer_id());
    RecordStore::put(&mut store, record.clone())?;
    store.transaction(|tx| {
        tx.remove(&notes, "hi")?;
        tx.put(&notes, &note("hi", "private"))
    })?;
    assert!(RecordStore::get(&store, &record.key).is_none());
    assert_eq!(notes.get("hi")?, Some(note("hi", "private")));
    Ok(())
}

#[test]
fn a_database_of_another_store_is_refused() -> Result<(), Box<dyn Error>> {
    let ((store, _), (_, other)) = (bank(1)?, bank(1)?);
    let refused = store.transaction(|tx| tx.put(&other, &account(9, 9)));
    assert_eq!(refused, Err(TransactionError::ForeignDatabase { schema: "account" }));
    Ok(())
}

#[test]
fn transactions_nest_as_independent_ones() -> Result<(), Box<dyn Error>> {
    let (store, accounts) = bank(1)?;
    store.transaction(|tx| {
        store.transaction(|inner| inner.put(&accounts, &account(7, 7)))?;
        assert_eq!(tx.get(&accounts, &7)?, Some(account(7, 7)));
        tx.put(&accounts, &account(8, 8))
    })?;
    assert_eq!(accounts.len(), 3);
    Ok(())
}

/// Random transactions, half of which fail in some way: a failed one leaves all bytes, counts and
/// indexes as before, and a committed one does what it says.
#[test]
fn a_transaction_that_fails_leaves_everything_as_before() -> Result<(), Box<dyn Error>> {
    let mut rng = SmallRng::seed_from_u64(20_261_126);
    let (store, accounts) = bank(5)?;
    let mut watch = accounts.watch();
    for step in 0..3_000 {
        let before = everything(&store);
        let fails = rng.random_ratio(1, 2);
        let seed = rng.random();
        let result: Result<(), Box<dyn Error>> = store.transaction(|tx| {
            let mut rng = SmallRng::seed_from_u64(seed);
            for _ in 0..rng.random_range(0..6) {
                let id = rng.random_range(0..8);
                if rng.random_ratio(1, 4) {
                    tx.remove(&accounts, &id)?;
                } else {
                    // Some of these names collide.
                    let name = format!("account {}", rng.random_range(0..20));
                    tx.put(&accounts, &Account { name, ..account(id, rng.random_range(0..3)) })?;
                }
            }
            if fails { Err("failed on purpose".into()) } else { Ok(()) }
        });
        if result.is_err() {
            assert_eq!(everything(&store), before, "step {step}");
        }
        for cents in 0..3 {
            let mut by_scan = accounts.scan().collect::<Result<Vec<_>, _>>()?;
            by_scan.retain(|account| account.cents == cents);
            by_scan.sort_by_key(|account| account.id);
            let by_index =
                accounts.index(Account::CENTS).get(cents)?.collect::<Result<Vec<_>, _>>()?;
            assert_eq!(by_index, by_scan, "step {step}");
        }
        assert_eq!(accounts.len(), accounts.iter().count());
    }
    let replayed = replay(&mut watch, 5)?;
    let now: Vec<_> = accounts.iter().collect::<Result<_, _>>()?;
    assert_eq!(
        replayed.into_values().collect::<Vec<_>>(),
        now,
        "watchers saw the committed ones only"
    );
    Ok(())
}

/// What the accounts are by what a watcher was told of them.
fn replay(
    watch: &mut netabase::Watch<Account>,
    accounts: u32,
) -> Result<std::collections::BTreeMap<u32, Account>, Box<dyn Error>> {
    let mut state: std::collections::BTreeMap<u32, Account> =
        (0..accounts).map(|id| (id, account(id, 100))).collect();
    while let Some(change) = futures::FutureExt::now_or_never(watch.next()).flatten() {
        match change {
            // The watcher was not read while it all happened: the oldest commits are gone, and so
            // nothing can be told of the state before.
            Err(netabase::WatchError::Missed { .. }) => state.clear(),
            change => {
                let change = change?;
                match change.new {
                    Some(new) => drop(state.insert(change.key.0, new)),
                    None => drop(state.remove(&change.key.0)),
                }
            }
        }
    }
    Ok(state)
}

#[test]
fn readers_never_see_half_of_a_transaction() -> Result<(), Box<dyn Error>> {
    const ACCOUNTS: u32 = 8;
    let (store, accounts) = bank(ACCOUNTS)?;
    let total = i64::from(ACCOUNTS) * 100;
    let (done, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|seed| {
                scope.spawn({
                    let (store, accounts) = (&store, &accounts);
                    move || transfer_for_a_while(store, accounts, seed)
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                // Eight accounts fit on one page, which is copied under the lock at once.
                let sum: i64 =
                    accounts.iter().map(|account| account.map_or(0, |account| account.cents)).sum();
                assert_eq!(sum, total);
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
        for writer in writers {
            writer.join().expect("writers do not panic");
        }
        done.store(true, Ordering::Release);
    });
    let sum: i64 = accounts.iter().map(|account| account.map_or(0, |account| account.cents)).sum();
    assert_eq!(sum, total);
    assert!(seen.into_inner() > 0);
    Ok(())
}

fn transfer_for_a_while(store: &NetabaseStore, accounts: &MemoryStoreDatabase<Account>, seed: u64) {
    let mut rng = SmallRng::seed_from_u64(seed);
    for _ in 0..1_000 {
        let (from, to) = (rng.random_range(0..8_u32), rng.random_range(0..8_u32));
        let moved = store.transaction(|tx| {
            let (Some(mut payer), Some(_)) = (tx.get(accounts, &from)?, tx.get(accounts, &to)?)
            else {
                return Ok(());
            };
            payer.cents -= 1;
            tx.put(accounts, &payer)?;
            let Some(mut receiver) = tx.get(accounts, &to)? else { return Ok(()) };
            receiver.cents += 1;
            tx.put(accounts, &receiver)
        });
        assert!(matches!(moved, Ok(()) | Err(TransactionError::Conflict { .. })), "{moved:?}");
    }
}

fn everything(store: &NetabaseStore) -> Vec<RawRecord> {
    store.raw_records().collect()
}
