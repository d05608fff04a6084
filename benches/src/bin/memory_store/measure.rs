use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use allocation_counter::AllocationInfo;
use libp2p::kad::Record;
use netabase_benches::{
    timing::{count, nanoseconds, time, to_f64},
    workload::{User, Workload},
};

use crate::{
    check::{self, ROUND},
    figure::Figure,
    peer::Peer,
};

const RANGE_ROWS: usize = 100;

/// So many users are built, and then put, at a time.
const PORTION: usize = 1000;

/// Notes every figure of a peer as soon as it has it.
pub(crate) fn measure<P: Peer>(workload: &Workload, note: impl Fn(Figure, f64)) {
    let records = count(&workload.ids);
    let (mut peer, put, at_rest) = fill::<P>(workload);
    note(Figure::Put, nanoseconds(put) / records);
    note(Figure::HeapAtRest, to_f64(at_rest) / records);

    check::reads(&peer, workload, RANGE_ROWS);
    let age = time(&workload.shuffled, |id| {
        black_box(peer.age(id));
    });
    note(Figure::GetBorrowed, age);
    note(Figure::GetOwned, time(&workload.shuffled, |id| drop(black_box(peer.get(id)))));
    let starts: Vec<u64> = workload.ids.iter().copied().take(P::RANGES).collect();
    note(Figure::Range, time(&starts, |id| drop(black_box(peer.range(id, RANGE_ROWS)))));

    let first = sync(|| one_by_one(&peer, workload));
    note(Figure::SyncFirst, first.time / records);
    note(Figure::GrownFirst, to_f64(first.grown) / records);
    // There is only one first: what it gives is counted there, and looked at here.
    check::records(&peer, workload);
    let again = sync(|| one_by_one(&peer, workload));
    assert_eq!(again.grown, 0, "a second sync leaves nothing");
    note(Figure::SyncEach, again.time / records);
    note(Figure::PeakEach, again.peak);
    let again = sync(|| {
        let all = peer.records().collect::<Vec<Record>>();
        for record in all {
            drop(black_box(record));
        }
    });
    note(Figure::SyncCollected, again.time / records);
    note(Figure::PeakCollected, again.peak / records);

    let grown = first.grown + publish(&mut peer);
    assert_eq!(peer.published(), workload.ids.len(), "kad has every record");
    note(Figure::HeapPublished, to_f64(at_rest + grown) / records);
}

/// A peer with the whole workload, the time its puts took, and the heap it holds, in bytes.
fn fill<P: Peer>(workload: &Workload) -> (P, Duration, i64) {
    let mut filled = None;
    let AllocationInfo { bytes_current, .. } = allocation_counter::measure(|| {
        let mut peer = P::new();
        let mut put = Duration::ZERO;
        let mut users = Vec::with_capacity(PORTION);
        for ids in workload.ids.chunks(PORTION) {
            users.extend(ids.iter().map(|&id| exact_user(id)));
            let start = Instant::now();
            peer.put_all(&mut users);
            put += start.elapsed();
            users.clear();
        }
        filled = Some((peer, put));
    });
    let (peer, put) = filled.expect("it was made");
    (peer, put, bytes_current)
}

/// Without spare capacity: the `HashMap` would keep that, too.
fn exact_user(id: u64) -> User {
    let mut user = User::new(id, ROUND);
    user.email.shrink_to_fit();
    user.bio.shrink_to_fit();
    user
}

/// As the records would be handed to `kad.put_record`.
fn one_by_one<P: Peer>(peer: &P, workload: &Workload) {
    let mut synced = 0;
    for record in peer.records() {
        drop(black_box(record));
        synced += 1;
    }
    assert_eq!(synced, workload.ids.len(), "every record is synced");
}

/// What a sync took.
struct Synced {
    /// Nanoseconds in all.
    time: f64,
    /// The heap it needed at its peak, in bytes.
    peak: f64,
    /// By how many bytes the heap is larger after it.
    grown: i64,
}

fn sync(all: impl FnOnce()) -> Synced {
    let mut time = Duration::ZERO;
    let heap = allocation_counter::measure(|| {
        let start = Instant::now();
        all();
        time = start.elapsed();
    });
    Synced {
        time: nanoseconds(time),
        peak: to_f64(i64::try_from(heap.bytes_max).unwrap_or(i64::MAX)),
        grown: heap.bytes_current,
    }
}

/// By how many bytes the heap grew.
fn publish<P: Peer>(peer: &mut P) -> i64 {
    let published = allocation_counter::measure(|| {
        let records: Vec<Record> = peer.records().collect();
        for record in records {
            // kad stores a copy, and sends the original.
            peer.publish(record.clone());
        }
    });
    published.bytes_current
}
