//! One round of a peer: the same operations on the same people.

use std::{
    error::Error,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;
use netabase::{ManualClock, NetabaseStore};
use netabase_benches::timing::{nanoseconds, to_f64};
use tempfile::TempDir;

use super::{
    Plan, WRITERS,
    figure::{Figure, Figures},
    files,
    peer::Peer,
    peers::{Bare, InMemory, Netabase, limits},
    person::Person,
};

/// How many records are rewritten at most.
const WORN: usize = 50_000;

/// How many records are published whose renewals are counted.
const RENEWED: u64 = 20_000;

fn each(elapsed: Duration, count: usize) -> f64 {
    nanoseconds(elapsed) / count_f64(count)
}

fn count_f64(count: usize) -> f64 {
    to_f64(i64::try_from(count).unwrap_or(i64::MAX))
}

fn people(ids: &[u64], age: u8) -> impl Iterator<Item = Person> {
    ids.iter().map(move |id| Person::new(*id, age))
}

/// Opens a store in a directory, and takes the time.
fn open<P: Peer>(directory: &Path, len: usize) -> (P, f64) {
    let began = Instant::now();
    let peer = P::open(directory);
    let found = peer.len();
    let took = began.elapsed().as_secs_f64();
    assert_eq!(found, len, "all of it is there");
    (peer, took)
}

/// Commits that are small, into a store of few.
fn commits<P: Peer>(plan: &Plan, figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let directory = TempDir::new()?;
    let peer = P::open(directory.path());
    let (burst, rest) = plan.ids.split_at(plan.burst);
    let burst: Vec<_> = people(burst, 1).collect();
    let began = Instant::now();
    peer.put_each(burst.into_iter());
    figures.set(Figure::Burst, each(began.elapsed(), plan.burst));
    peer.sync();

    let rest = &rest[..rest.len().min(plan.sustained)];
    let began = Instant::now();
    peer.put_each(people(rest, 1));
    peer.sync();
    figures.set(Figure::Sustained, each(began.elapsed(), rest.len().max(1)));

    let synced: Vec<_> = people(&plan.ids[..plan.synced.min(plan.ids.len())], 2).collect();
    let mut times = Vec::new();
    for person in synced {
        let began = Instant::now();
        peer.put_synced(person);
        times.push(nanoseconds(began.elapsed()));
    }
    figures.set(Figure::Synced, netabase_benches::timing::median_of(&times, |time| *time));
    figures.set(Figure::SyncedByMany, by_many(&peer, plan));
    Ok(())
}

/// Returns what a commit takes, of all that many writers make at the same time.
fn by_many<P: Peer>(peer: &P, plan: &Plan) -> f64 {
    let each_writes = plan.synced_by_each;
    let began = Instant::now();
    thread::scope(|scope| {
        for ids in plan.ids.chunks(each_writes).take(WRITERS) {
            scope.spawn(|| people(ids, 3).for_each(|person| peer.put_synced(person)));
        }
    });
    each(began.elapsed(), WRITERS * each_writes)
}

/// Many records: loaded, closed, opened, rewritten, removed.
fn bulk<P: Peer>(plan: &Plan, figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let (directory, len) = (TempDir::new()?, plan.ids.len());
    let peer = P::open(directory.path());
    let began = Instant::now();
    peer.load(people(&plan.ids, 1));
    figures.set(Figure::Load, each(began.elapsed(), len));
    let crashed = files::copy(directory.path())?;
    drop(peer);
    figures.set(Figure::FileLoaded, files::size(directory.path())? / count_f64(len));

    let (peer, took) = open::<P>(crashed.path(), len);
    figures.set(Figure::OpenCrashed, took);
    drop(peer);
    drop(crashed);
    figures.set(Figure::OpenClosed, open::<P>(directory.path(), len).1);
    Ok(())
}

/// Records that are rewritten again and again, and most of them removed.
fn wear<P: Peer>(plan: &Plan, figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let directory = TempDir::new()?;
    let ids = &plan.ids[..plan.ids.len().min(WORN)];
    let peer = P::open(directory.path());
    for age in 1..=11 {
        peer.load(people(ids, age));
    }
    let (removed, left) = ids.split_at(ids.len() / 10 * 9);
    peer.remove(removed);
    figures.set(Figure::FileWorn, files::size(directory.path())? / count_f64(left.len()));
    if peer.compact() {
        figures.set(Figure::FileCompacted, files::size(directory.path())? / count_f64(left.len()));
    }
    Ok(())
}

/// Measures a peer once.
pub(super) fn peer<P: Peer>(plan: &Plan, _: &ProgressBar) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures::default();
    commits::<P>(plan, &mut figures)?;
    bulk::<P>(plan, &mut figures)?;
    wear::<P>(plan, &mut figures)?;
    Ok(figures)
}

/// Measures netabase on disk once, and what its renewals write.
pub(super) fn netabase(plan: &Plan, bar: &ProgressBar) -> Result<Figures, Box<dyn Error>> {
    let mut figures = peer::<Netabase>(plan, bar)?;
    figures.set(Figure::Renewals, renewals()?);
    Ok(figures)
}

/// Measures what does not touch the disk: commits, and a load, which is what opening is compared with.
#[allow(clippy::unnecessary_wraps, reason = "it stands in a table beside runs that can fail")]
pub(super) fn in_memory(plan: &Plan, _: &ProgressBar) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures::default();
    let nowhere = Path::new("");
    let burst: Vec<_> = people(&plan.ids[..plan.burst], 1).collect();
    let peer = InMemory::open(nowhere);
    let began = Instant::now();
    peer.put_each(burst.into_iter());
    figures.set(Figure::Burst, each(began.elapsed(), plan.burst));
    drop(peer);
    let peer = InMemory::open(nowhere);
    let began = Instant::now();
    peer.load(people(&plan.ids, 1));
    figures.set(Figure::Load, each(began.elapsed(), plan.ids.len()));
    figures.set(Figure::OpenClosed, began.elapsed().as_secs_f64());
    Ok(figures)
}

/// Returns the times of commits that are on disk when they return, each beside one of redb that came right after it.
pub(super) fn synced_pairs(plan: &Plan) -> Result<Vec<(f64, f64)>, Box<dyn Error>> {
    let directories = (TempDir::new()?, TempDir::new()?);
    let (ours, theirs) = (Netabase::open(directories.0.path()), Bare::open(directories.1.path()));
    let mut pairs = Vec::new();
    for (at, person) in people(&plan.ids[..plan.synced.min(plan.ids.len())], 1).enumerate() {
        let ours = || time(|| ours.put_synced(person.clone()));
        let theirs = || time(|| theirs.put_synced(person.clone()));
        // In turn the first, so that neither always finds the disk as the other left it.
        pairs.push(if at % 2 == 0 {
            let first = ours();
            (first, theirs())
        } else {
            let first = theirs();
            (ours(), first)
        });
    }
    Ok(pairs)
}

fn time(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    nanoseconds(began.elapsed())
}

/// Returns how many bytes a week's renewals write, a record.
fn renewals() -> Result<f64, Box<dyn Error>> {
    let (directory, clock) = (TempDir::new()?, ManualClock::at_unix_ms(1_800_000_000_000));
    let store = NetabaseStore::builder().path(directory.path()).limits(limits());
    let store = store.clock(clock.clone()).build()?;
    let database = store.database::<Person>()?;
    database.load((0..RENEWED).map(|id| Person::new(id, 1)))?;
    for record in database.sync_to_network() {
        record?;
    }
    store.sync()?;
    let before = files::written()?;
    for _hour in 0..7 * 24 {
        clock.advance(Duration::from_secs(60 * 60));
        // As a node does it: some at a time.
        loop {
            let renewed = database.get_republish_records(1000);
            if renewed.is_empty() {
                break;
            }
            for record in renewed {
                record?;
            }
        }
    }
    store.sync()?;
    let records = to_f64(i64::try_from(RENEWED)?);
    Ok((files::written()? - before) / records)
}
