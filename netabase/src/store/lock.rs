//! The lock around a store.

use std::sync::{
    LockResult, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError,
    atomic::{AtomicUsize, Ordering},
};

/// Readers beside each other, a writer alone, and time for those who wait to come in before it writes again.
///
/// Holds are short, and the standard library's lock spins before it sleeps: readers beside a writer take two thirds
/// of the time that they take with one that sleeps at once, and so does the writer. But whoever takes a lock that was
/// just let go is faster than those wake who wait for it.
pub(super) struct Lock<T> {
    lock: RwLock<T>,
    /// How many did not get it at once, and have not got it yet.
    waiting: AtomicUsize,
}

/// About as long as it takes to wake a thread.
const YIELDS: usize = 100;

impl<T> Lock<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { lock: RwLock::new(inner), waiting: AtomicUsize::new(0) }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, T> {
        match self.lock.try_read() {
            Err(TryLockError::WouldBlock) => self.wait(|| whole(self.lock.read())),
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Ok(guard) => guard,
        }
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, T> {
        match self.lock.try_write() {
            Err(TryLockError::WouldBlock) => self.wait(|| whole(self.lock.write())),
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Ok(guard) => guard,
        }
    }

    /// Leaves those who wait time to take it, if it is not held here: `pause`, a bounded number of times.
    pub(super) fn give_way(&self, mut pause: impl FnMut()) {
        for _ in 0..YIELDS {
            if self.waiting.load(Ordering::Relaxed) == 0 {
                return;
            }
            pause();
        }
    }

    #[cold]
    fn wait<G>(&self, lock: impl FnOnce() -> G) -> G {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let guard = lock();
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        guard
    }
}

/// Whoever panicked with the lock was code of ours, and what it has done stands: there is no other copy.
fn whole<G>(locked: LockResult<G>) -> G {
    locked.unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        thread,
    };

    use super::*;

    #[test]
    fn who_waits_is_known_until_it_has_the_lock() {
        let lock = Lock::new(0);
        thread::scope(|scope| {
            let held = lock.write();
            let reader = scope.spawn(|| *lock.read());
            let writer = scope.spawn(|| *lock.write() += 1);
            while lock.waiting.load(Ordering::Relaxed) < 2 {
                thread::yield_now();
            }
            drop(held);
            writer.join().unwrap();
            assert!(reader.join().unwrap() <= 1);
        });
        assert_eq!((lock.waiting.load(Ordering::Relaxed), *lock.read()), (0, 1));
    }

    #[test]
    fn a_writer_gives_way_while_somebody_waits_and_not_for_ever() {
        let lock = Lock::new(());
        let pauses = |leaves_after: usize| {
            let mut pauses = 0;
            lock.give_way(|| {
                pauses += 1;
                if pauses == leaves_after {
                    lock.waiting.store(0, Ordering::Relaxed);
                }
            });
            pauses
        };
        assert_eq!(pauses(1), 0, "nobody waits");
        lock.waiting.store(2, Ordering::Relaxed);
        assert_eq!(pauses(3), 3, "until they have it");
        lock.waiting.store(1, Ordering::Relaxed);
        assert_eq!(pauses(usize::MAX), YIELDS, "who sleeps that long is not waited for");
    }

    #[test]
    fn a_panic_leaves_it_open() {
        let lock = Lock::new(0);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            *lock.write() += 1;
            let _held = lock.write();
            panic!("with the lock");
        }));
        assert!(panicked.is_err());
        *lock.write() += 1;
        assert_eq!(*lock.read(), 2);
    }
}
