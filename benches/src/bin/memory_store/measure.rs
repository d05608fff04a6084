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

    check::records(&peer, workload);
    let (time, peak) = sync(|| {
        for record in peer.records() {
            drop(black_box(record));
        }
    });
    note(Figure::SyncEach, time / records);
    note(Figure::PeakEach, peak);
    let (time, peak) = sync(|| {
        let all = peer.records().collect::<Vec<Record>>();
        for record in all {
            drop(black_box(record));
        }
    });
    note(Figure::SyncCollected, time / records);
    note(Figure::PeakCollected, peak / records);

    let grown = publish(&mut peer);
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

/// Nanoseconds in all, and the heap it needed at its peak, in bytes.
fn sync(all: impl FnOnce()) -> (f64, f64) {
    let mut time = Duration::ZERO;
    let AllocationInfo { bytes_max, .. } = allocation_counter::measure(|| {
        let start = Instant::now();
        all();
        time = start.elapsed();
    });
    (nanoseconds(time), to_f64(i64::try_from(bytes_max).unwrap_or(i64::MAX)))
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
