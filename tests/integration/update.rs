//! Writes that depend on what is there: no write of others is lost.

use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use netabase::{
    DatabaseError, ManualClock, MemoryStoreDatabase, NetabaseDatabaseExt, NetabaseSchema,
    NetabaseStore, RecordError, TransactionError, WriteError,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "owned", ttl = "1h", validate = solvent)]
struct Account {
    #[netabase(key)]
    id: u32,
    #[netabase(index(unique))]
    name: String,
    cents: i64,
}

fn solvent(account: &Account) -> Result<(), String> {
    if account.cents < 0 { Err(format!("{} cents", account.cents)) } else { Ok(()) }
}

fn account(id: u32, cents: i64) -> Account {
    Account { id, name: format!("account {id}"), cents }
}

fn accounts() -> Result<MemoryStoreDatabase<Account>, Box<dyn Error>> {
    let accounts = NetabaseStore::new().database()?;
    accounts.load((0..2).map(|id| account(id, 100)))?;
    Ok(accounts)
}

#[test]
fn an_update_changes_what_is_there_and_returns_what_the_closure_says() -> Result<(), Box<dyn Error>>
{
    let accounts = accounts()?;

    let before = accounts.update(&0, |account| std::mem::replace(&mut account.cents, 70))?;
    let nobody = accounts.update(&7, |account| account.cents)?;

    assert_eq!((before, nobody), (Some(100), None));
    assert_eq!(accounts.get_batch([&0, &1])?, [Some(account(0, 70)), Some(account(1, 100))]);
    assert!(!accounts.contains(&7)?, "an update makes no value");
    Ok(())
}

#[test]
fn updates_of_many_threads_are_all_there() -> Result<(), Box<dyn Error>> {
    const THREADS: usize = 8;
    const UPDATES: i64 = 500;
    let accounts = accounts()?;
    let (start, runs) = (Barrier::new(THREADS), AtomicUsize::new(0));

    let all: Result<Vec<()>, DatabaseError> = thread::scope(|scope| {
        let add = || {
            start.wait();
            for _ in 0..UPDATES {
                let add = |account: &mut Account| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    account.cents += 1;
                };
                accounts.update(&0, add)?;
            }
            Ok(())
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(add)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no update panics")).collect()
    });

    all?;
    let added = i64::try_from(THREADS)? * UPDATES;
    assert_eq!(accounts.get(&0)?, Some(account(0, 100 + added)));
    assert!(runs.into_inner() >= usize::try_from(added)?, "a closure may run again");
    Ok(())
}

#[test]
fn a_write_that_comes_in_between_is_seen_and_kept() -> Result<(), Box<dyn Error>> {
    let accounts = accounts()?;
    let mut runs = 0;

    let seen = accounts.update(&0, |value| {
        runs += 1;
        if runs == 1 {
            accounts.put(&account(0, 500)).expect("no lock is held");
        }
        value.cents += 1;
        value.cents
    })?;

    assert_eq!((runs, seen), (2, Some(501)));
    assert_eq!(accounts.get(&0)?, Some(account(0, 501)));
    Ok(())
}

#[test]
fn an_update_that_cannot_be_stored_changes_nothing() -> Result<(), Box<dyn Error>> {
    let accounts = accounts()?;

    let moved = accounts.update(&0, |account| account.id = 5);
    let Err(TransactionError::KeyChanged { schema: "account", from, to }) = &moved else {
        return Err(format!("{moved:?}").into());
    };
    assert_eq!((from.as_str(), to.as_str()), ("AccountKey(0)", "AccountKey(5)"));

    let overdrawn = accounts.update(&0, |account| account.cents = -1);
    assert!(
        matches!(
            overdrawn,
            Err(TransactionError::Write(WriteError::Record(RecordError::Invalid { .. })))
        ),
        "{overdrawn:?}"
    );
    let doubled = accounts.update(&0, |account| account.name = "account 1".into());
    assert!(
        matches!(doubled, Err(TransactionError::Write(WriteError::NotUnique { .. }))),
        "{doubled:?}"
    );
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        accounts.update(&0, |account| {
            account.cents = 1;
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(accounts.get_batch([&0, &1])?, [Some(account(0, 100)), Some(account(1, 100))]);
    Ok(())
}

#[test]
fn a_value_that_is_left_as_it_was_is_not_written() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at_unix_ms(1_800_000_000_000);
    let store = NetabaseStore::builder().clock(clock.clone()).build()?;
    let accounts = store.database::<Account>()?;
    accounts.put(&account(0, 100))?;
    let before = accounts.get_record(&0)?;

    clock.advance(Duration::from_secs(1800));
    accounts.update(&0, |account| account.cents += 0)?;
    assert_eq!(accounts.get_record(&0)?, before);

    accounts.update(&0, |account| account.cents += 1)?;
    assert_ne!(accounts.get_record(&0)?, before);
    clock.advance(Duration::from_secs(1801));
    assert!(accounts.contains(&0)?, "a changed value lives for the schema's ttl from then on");
    Ok(())
}

#[test]
fn only_the_owner_updates_owned_values() -> Result<(), Box<dyn Error>> {
    let (accounts, bob) = (accounts()?, NetabaseStore::new());
    let theirs = bob.database::<Account>()?.of(accounts.store().peer_id());
    theirs.put_record(&accounts.to_record(&account(0, 100))?)?;

    let update = theirs.update(&0, |account| account.cents = 0);
    let put = theirs.put_if_absent(&account(7, 0));

    assert!(
        matches!(update, Err(TransactionError::Write(WriteError::NotOwner { .. }))),
        "{update:?}"
    );
    assert!(matches!(put, Err(TransactionError::Write(WriteError::NotOwner { .. }))), "{put:?}");
    Ok(())
}

#[test]
fn a_transaction_updates_what_it_has_written_itself() -> Result<(), Box<dyn Error>> {
    let accounts = accounts()?;
    let cents = accounts.store().transaction(|tx| {
        tx.put(&accounts, &account(0, 10))?;
        tx.update(&accounts, &0, |account| account.cents += 1)?;
        tx.remove(&accounts, &1)?;
        assert_eq!(tx.update(&accounts, &1, |account| account.cents)?, None);
        tx.update(&accounts, &0, |account| account.cents)
    })?;
    assert_eq!(cents, Some(11));
    assert_eq!(accounts.get_batch([&0, &1])?, [Some(account(0, 11)), None]);
    Ok(())
}

#[test]
fn one_of_those_who_put_if_absent_puts() -> Result<(), Box<dyn Error>> {
    const THREADS: u32 = 8;
    let accounts = accounts()?;
    let start = Barrier::new(THREADS as usize);

    let results: Vec<_> = thread::scope(|scope| {
        let put = |cents| {
            start.wait();
            accounts.put_if_absent(&Account { name: "ada".into(), ..account(7, cents) })
        };
        let threads: Vec<_> =
            (0..THREADS).map(|cents| scope.spawn(move || put(cents.into()))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no put panics")).collect()
    });

    let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    let stored = accounts.get(&7)?;
    assert_eq!(results.iter().filter(|there| there.is_none()).count(), 1);
    assert!(results.iter().flatten().all(|there| Some(there) == stored.as_ref()));
    Ok(())
}

#[test]
fn put_if_absent_stores_where_a_value_was_removed() -> Result<(), Box<dyn Error>> {
    let accounts = accounts()?;
    assert_eq!(accounts.put_if_absent(&account(0, 5))?, Some(account(0, 100)));
    accounts.remove(&0)?;
    assert_eq!(accounts.put_if_absent(&account(0, 5))?, None);
    assert_eq!(accounts.get(&0)?, Some(account(0, 5)));

    let doubled = accounts.put_if_absent(&Account { name: "account 1".into(), ..account(7, 0) });
    assert!(
        matches!(doubled, Err(TransactionError::Write(WriteError::NotUnique { .. }))),
        "{doubled:?}"
    );
    Ok(())
}

#[tokio::test]
async fn generic_code_writes_what_depends_on_what_is_there() -> Result<(), Box<dyn Error>> {
    async fn deposit<D: NetabaseDatabaseExt<Account>>(
        accounts: D,
        value: Account,
    ) -> Result<i64, DatabaseError> {
        let cents = value.cents;
        if accounts.put_if_absent(&value).await?.is_none() {
            return Ok(cents);
        }
        let add = move |account: &mut Account| {
            account.cents += cents;
            account.cents
        };
        Ok(accounts.update(&value.id, add).await?.unwrap_or_default())
    }
    let accounts = accounts()?;
    assert_eq!(tokio::spawn(deposit(accounts.clone(), account(0, 5))).await??, 105);
    assert_eq!(tokio::spawn(deposit(accounts, account(7, 5))).await??, 5);
    Ok(())
}
