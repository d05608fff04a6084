//! Disks that refuse one call: each write, sync and change of the length in turn, until a run meets none that fails.

use std::{
    error::Error,
    io::ErrorKind,
    time::Instant,
};

use netabase::{BuildError, DatabaseError, DiskError, NetabaseStore, Timestamp};

use super::{
    power_loss::{WITHIN, builder, closed},
    sim_disk::{Fault, SimDisk, Unsynced},
    workload::{Item, Lane, Ledger, Shop, State, check_recovered, disk_error},
};

/// How many commits a run makes.
const COMMITS: u64 = 12;

const LANE: Lane = Lane { seed: 7, number: 1 };

/// A closed store, and what is in it.
struct Base {
    disk: SimDisk,
    state: State,
}

/// What the store said first, if it failed, and what it had acknowledged.
type Run = (Option<DiskError>, Ledger);

/// Runs a store on a disk that fails, and checks it while it is open.
fn run(disk: &SimDisk, base: &State) -> Result<Run, Box<dyn Error>> {
    let mut ledger = Ledger::default();
    let shop = match builder(disk).build() {
        Ok(store) => Shop::open(store)?,
        Err(BuildError::Disk(error)) => return Ok((Some(error), ledger)),
        Err(error) => return Err(error.into()),
    };
    let start = (Instant::now(), COMMITS);
    let refused = Ledger::run(LANE, &shop, WITHIN, start, |ack| ledger.0.push(ack)).err();
    let last = ledger.last(LANE.number);
    let applied = match refused.as_ref().map(disk_error) {
        Some(Some(DiskError::NotDurable { applied: true, .. })) => last + 1,
        None | Some(Some(DiskError::ReadOnly { .. })) => last,
        Some(other) => return Err(format!("refused for {other:?}").into()),
    };
    let has_failed = disk.has_failed() || refused.is_some();
    let synced = shop.store.sync();
    match synced {
        Ok(()) if has_failed => Err("a call failed and nobody was told".into()),
        Ok(()) => Ok((None, ledger)),
        Err(_) => {
            check_read_only(&shop, applied, base)?;
            Ok((shop.store.health().failure, ledger))
        }
    }
}

/// Checks that a store whose disk has failed takes no write, says why, and shows all that was applied.
fn check_read_only(shop: &Shop, applied: u64, base: &State) -> Result<(), Box<dyn Error>> {
    let health = shop.store.health();
    let Some(cause) = health.failure.filter(|_| !health.is_writable) else {
        return Err("the store says that it is well".into());
    };
    let cause = Box::new(cause);
    let read_only = DiskError::ReadOnly { cause };
    let put = Item { id: 1, shelf: 1, code: 1, content: Vec::new() };
    let refused = [shop.items.put(&put).err(), shop.items.remove(&256).err()];
    let refused = refused.map(|error| error.map(DatabaseError::from));
    // Where nothing is there to be removed, nothing is refused.
    for error in refused.iter().flatten() {
        if disk_error(error) != Some(&read_only) {
            return Err(format!("refused for {error}, not {read_only}").into());
        }
    }
    if refused[0].is_none() {
        return Err("a read-only store took a write".into());
    }
    let mut expected = base.clone();
    (1..=applied).flat_map(|at| LANE.step(at).ops).for_each(|op| expected.apply(op));
    let found = State::of(shop)?;
    if found != expected {
        return Err(format!("{found:?} is read, not {expected:?}").into());
    }
    Ok(())
}

fn reopen(disk: &SimDisk, base: &Base, ledger: &Ledger) -> Result<(), Box<dyn Error>> {
    let store: NetabaseStore = builder(disk).build()?;
    check_recovered(store, &base.state, &[LANE], ledger, Timestamp::default())?;
    Ok(())
}

/// Fails the call of this number, and checks the store meanwhile and afterwards. Returns what it said, and whether there
/// was such a call.
fn fail(base: &Base, fault: Fault) -> Result<(Option<DiskError>, bool), Box<dyn Error>> {
    let disk = base.disk.without_process();
    disk.fail(fault);
    let (said, ledger) = run(&disk, &base.state)?;
    // As it looks to the next process, and after the power went, too.
    reopen(&disk.without_process(), base, &ledger)
        .map_err(|error| format!("the next process: {error}"))?;
    for unsynced in [Unsynced::Lost, Unsynced::Torn] {
        reopen(&disk.without_power(unsynced, fault.at), base, &ledger)
            .map_err(|error| format!("without power, {unsynced:?}: {error}"))?;
    }
    Ok((said, disk.has_failed()))
}

/// Fails each call in turn, and returns what the store said.
fn fail_each(kind: ErrorKind, lasts: bool) -> Result<Vec<DiskError>, Box<dyn Error>> {
    let (disk, state) = closed()?;
    let base = Base { disk, state };
    let mut all = Vec::new();
    for at in 0.. {
        let (said, has_failed) = fail(&base, Fault { at, kind, lasts })
            .map_err(|error| format!("call {at}: {error}"))?;
        all.extend(said);
        if !has_failed {
            break;
        }
    }
    if all.len() < 20 {
        return Err(format!("{} calls failed before the store was closed", all.len()).into());
    }
    Ok(all)
}

#[test]
fn a_call_that_fails_once_makes_the_store_read_only_and_loses_nothing_promised() -> Result<(), Box<dyn Error>> {
    let said = fail_each(ErrorKind::Other, false)?;
    assert!(said.iter().all(|error| matches!(error, DiskError::Io { .. })), "{said:?}");
    Ok(())
}

#[test]
fn a_disk_that_is_gone_makes_the_store_read_only_and_loses_nothing_promised() -> Result<(), Box<dyn Error>> {
    let said = fail_each(ErrorKind::Other, true)?;
    assert!(said.iter().all(|error| matches!(error, DiskError::Io { .. })), "{said:?}");
    Ok(())
}

#[test]
fn a_full_disk_says_so_and_loses_nothing_promised() -> Result<(), Box<dyn Error>> {
    let said = fail_each(ErrorKind::StorageFull, true)?;
    assert!(said.iter().all(|error| matches!(error, DiskError::Full { .. })), "{said:?}");
    Ok(())
}
