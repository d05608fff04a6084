//! Lends a thread its reusable buffers.

use std::cell::Cell;

/// Buffers a thread reuses for every call, so that reads and writes allocate only what stays.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) key: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) entries: Vec<u8>,
}

/// A buffer that grew beyond this is not kept, or one large record would stay forever.
const MAX_KEPT_BYTES: usize = 64 * 1024;

thread_local! {
    static SPARE: Cell<Scratch> = const { Cell::new(Scratch::new()) };
}

impl Scratch {
    const fn new() -> Self {
        Self { key: Vec::new(), value: Vec::new(), entries: Vec::new() }
    }

    /// Lends the thread's buffers to `work`.
    ///
    /// They are taken, not borrowed: a call from inside `work` just gets fresh ones.
    pub(crate) fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        let mut scratch = SPARE.take();
        let result = work(&mut scratch);
        if scratch.value.capacity() + scratch.entries.capacity() <= MAX_KEPT_BYTES {
            SPARE.set(scratch);
        }
        result
    }
}
