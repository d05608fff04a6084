use std::time::{Duration, Instant};

use netabase_benches::timing::{count, nanoseconds, to_f64};

/// So many are made, and then put, at a time.
const PORTION: usize = 1000;

/// What filling a store took.
pub(super) struct Filled {
    /// Nanoseconds a put: making what is put is no part of it.
    pub(super) put: f64,
    /// Bytes a record that stayed, as requested from the allocator.
    pub(super) heap: f64,
}

/// Makes something of each id, and puts portions of that. What the puts leave behind is dropped after.
pub(super) fn fill<T>(
    ids: &[u64],
    make: impl Fn(u64) -> T,
    mut put: impl FnMut(&mut Vec<T>),
) -> Filled {
    let mut time = Duration::ZERO;
    let heap = allocation_counter::measure(|| {
        let mut ready = Vec::with_capacity(PORTION);
        for portion in ids.chunks(PORTION) {
            ready.extend(portion.iter().map(|&id| make(id)));
            let start = Instant::now();
            put(&mut ready);
            time += start.elapsed();
            ready.clear();
        }
    });
    Filled { put: nanoseconds(time) / count(ids), heap: to_f64(heap.bytes_current) / count(ids) }
}
