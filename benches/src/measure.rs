use std::hint::black_box;

use allocation_counter::AllocationInfo;
use indicatif::ProgressBar;
use netabase_benches::{
    timing::{count, median_of, time, to_f64},
    workload::{User, Workload},
};

use crate::peer::Peer;

/// How many steps one run of [`measure`] reports.
pub(crate) const STEPS: usize = 5;

const RANGE_ROWS: usize = 100;

/// Nanoseconds an operation, and bytes a record.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) put: f64,
    pub(crate) overwrite: f64,
    pub(crate) get: f64,
    pub(crate) range: f64,
    pub(crate) remove: f64,
    /// Heap a record after all puts, as requested from the allocator.
    pub(crate) heap: f64,
}

/// Puts, overwrites, reads, walks and removes the whole workload, checking answers on the way.
pub(crate) fn measure<P: Peer>(workload: &Workload, bar: &ProgressBar) -> Figures {
    let mut peer = None;
    let mut put = 0.0;
    let AllocationInfo { bytes_current, .. } = allocation_counter::measure(|| {
        let mut new = P::new();
        put = time(&workload.ids, |id| new.put(&User::new(id, 0)));
        peer = Some(new);
    });
    let mut peer = peer.expect("it was made");
    // What building the users costs is the same on both sides and no part of a put.
    let build = time(&workload.ids, |id| drop(black_box(User::new(id, 0))));
    step(bar, "put");
    let overwrite = time(&workload.shuffled, |id| peer.put(&User::new(id, 1)));
    step(bar, "overwrite");
    check(&peer, workload);
    let get = time(&workload.shuffled, |id| drop(black_box(peer.get(id))));
    step(bar, "get");
    let starts: Vec<u64> = workload.ids.iter().copied().take(P::RANGES).collect();
    let range = time(&starts, |id| drop(black_box(peer.range(id, RANGE_ROWS))));
    step(bar, "range");
    let remove = time(&workload.ids, |id| peer.remove(id));
    assert!(workload.ids.iter().take(1000).all(|&id| peer.get(id).is_none()), "all are removed");
    step(bar, "remove");
    Figures {
        put: put - build,
        overwrite: overwrite - build,
        get,
        range,
        remove,
        heap: to_f64(bytes_current) / count(&workload.ids),
    }
}

/// The median of each figure over the rounds.
pub(crate) fn median(rounds: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| median_of(rounds, figure);
    Figures {
        put: of(|figures| figures.put),
        overwrite: of(|figures| figures.overwrite),
        get: of(|figures| figures.get),
        range: of(|figures| figures.range),
        remove: of(|figures| figures.remove),
        heap: of(|figures| figures.heap),
    }
}

/// A fast wrong answer is worth nothing.
fn check<P: Peer>(peer: &P, workload: &Workload) {
    for &id in workload.ids.iter().take(1000) {
        assert_eq!(peer.get(id), Some(User::new(id, 1)), "every user is found as overwritten");
    }
    let mut expected: Vec<u64> =
        workload.ids.iter().copied().filter(|&id| id >= workload.ids[0]).collect();
    expected.sort_unstable();
    expected.truncate(RANGE_ROWS);
    let range = peer.range(workload.ids[0], RANGE_ROWS);
    assert!(range.iter().map(|user| user.id).eq(expected), "a range has the right rows in order");
}

fn step(bar: &ProgressBar, done: &'static str) {
    bar.inc(1);
    bar.set_message(done);
}
