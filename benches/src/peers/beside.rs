use std::{
    hint::black_box,
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use netabase_benches::timing::nanoseconds;

use super::{
    peer::{Peer, Shared},
    people::People,
    stopwatch::Cost,
    user::AGE,
};

/// Each reader reads so many, or as many as it can in [`LONGEST`].
const READS: usize = 50_000;

const LONGEST: Duration = Duration::from_secs(2);

/// What one read took a reader, and what one write took the writer, by the wall clock.
pub(crate) struct Beside {
    pub(crate) read: Cost,
    pub(crate) write: Cost,
}

/// Readers, each on a thread of its own, beside a thread that overwrites users all the time.
pub(crate) fn measure<P: Peer>(peer: &mut P, people: &People, readers: usize) -> Beside {
    let mut measured = None;
    peer.share(&mut |shared| measured = Some(run(shared, people, readers)));
    measured.expect("it was shared")
}

fn run<U: From<super::user::User>>(
    shared: &dyn Shared<U>,
    people: &People,
    readers: usize,
) -> Beside {
    // Those who have left before are not asked for.
    let ids = &people.shuffled[people.newcomers.len()..];
    let (start, are_done) = (Barrier::new(readers + 1), AtomicBool::new(false));
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            start.wait();
            let begun = Instant::now();
            let mut written = 0;
            for &id in ids.iter().rev().cycle() {
                shared.overwrite(U::from(people.user(id, AGE)));
                written += 1;
                if are_done.load(Ordering::Relaxed) {
                    break;
                }
            }
            cost(begun.elapsed(), written)
        });
        let readers: Vec<_> = (0..readers)
            .map(|reader| {
                scope.spawn({
                    let start = &start;
                    move || {
                        let mine =
                            ids.iter().cycle().skip(reader * ids.len() / readers).take(READS);
                        start.wait();
                        read(shared, mine)
                    }
                })
            })
            .collect();
        let reads: Vec<Cost> =
            readers.into_iter().map(|reader| reader.join().expect("it read")).collect();
        are_done.store(true, Ordering::Relaxed);
        let write = writer.join().expect("it wrote");
        let slowest = reads.into_iter().max_by(|one, other| one.wall.total_cmp(&other.wall));
        Beside { read: slowest.expect("there is a reader"), write }
    })
}

fn read<'a, U>(shared: &dyn Shared<U>, ids: impl Iterator<Item = &'a u64>) -> Cost {
    let begun = Instant::now();
    let mut reads = 0;
    for &id in ids {
        assert!(black_box(shared.get(id)).is_some(), "everybody is always there");
        reads += 1;
        if reads % 64 == 0 && begun.elapsed() > LONGEST {
            break;
        }
    }
    cost(begun.elapsed(), reads)
}

/// Threads cannot tell their processor time apart: only what passed counts.
fn cost(time: Duration, count: usize) -> Cost {
    let wall = nanoseconds(time);
    Cost { cpu: wall, wall }.per(count.max(1))
}
