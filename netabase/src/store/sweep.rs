use std::time::{Duration, Instant};

use libp2p::kad::RecordKey;

use super::{
    NetabaseStore, changes::ChangeOrigin, clock::Moment, inner::Inner, page::View, usage::Usage,
    writer::Writer,
};

/// How many expired records one write takes out beside its own work, so that none of them waits for
/// ever, and no write for long.
const WITH_A_WRITE: usize = 16;

/// How many are taken out under one lock.
const CHUNK: usize = 256;

impl NetabaseStore {
    pub(super) fn now(&self) -> Moment {
        Moment::new(self.shared.clock.now(), self.shared.origin)
    }

    /// Returns the monotonic time of the store's clock, by which a node waits, too.
    pub(crate) fn monotonic(&self) -> Instant {
        self.shared.clock.now().monotonic
    }

    /// The write lock, for a write of the application, a few expired records gone.
    pub(super) fn write_at(&self, origin: ChangeOrigin, now: &Moment) -> Writer<'_> {
        let mut inner = self.write(origin);
        inner.sweep(now, WITH_A_WRITE);
        inner
    }

    /// The records a view shows of those that expire within a time, and how long each has left; the next to
    /// go first.
    pub(crate) fn expiring(
        &self,
        prefix: &[u8],
        view: View,
        within: Duration,
    ) -> Vec<(RecordKey, Duration)> {
        let now = self.now();
        let until = now.after(within);
        let inner = self.shared.inner.read();
        let mut expiring = Vec::new();
        inner.tracking.deadlines.expiring(&until, |slot| {
            let stored = inner.by_slot(slot);
            let is_meant = stored.key().as_ref().starts_with(prefix)
                && view.shows(stored)
                && !stored.is_expired(&now);
            if let Some(left) = stored.life().left(&now).filter(|_| is_meant) {
                expiring.push((stored.key().clone(), left));
            }
        });
        drop(inner);
        expiring.sort_by(|(a, x), (b, y)| (x, a.as_ref()).cmp(&(y, b.as_ref())));
        // One whose lease and life both end comes twice.
        expiring.dedup();
        expiring
    }

    /// Takes out all that has expired, in chunks, between which others get the lock.
    ///
    /// Each record is paid for once: with nothing due this is one look at the first deadline.
    pub(super) fn sweep_all(&self, now: &Moment) -> Usage {
        let mut swept = Usage::default();
        while self.shared.inner.read().has_expired(now) {
            let mut inner = self.write(ChangeOrigin::Expired);
            swept.add(inner.sweep(now, CHUNK));
        }
        swept
    }
}

impl Inner {
    /// Takes out at most `max` records that have expired; says what they took.
    pub(super) fn sweep(&mut self, now: &Moment, max: usize) -> Usage {
        let next = |inner: &Self| inner.tracking.deadlines.next_expired(now);
        self.take_out(max, ChangeOrigin::Expired, next)
    }

    /// As [`sweep`](Self::sweep), foreign records and tombstones alone.
    pub(super) fn sweep_lapsed(&mut self, now: &Moment, max: usize) -> Usage {
        let next = |inner: &Self| inner.tracking.deadlines.next_lapsed(now);
        self.take_out(max, ChangeOrigin::Expired, next)
    }

    /// Drops at most `max` records, one after the other as `next` names their slots.
    pub(super) fn take_out(
        &mut self,
        max: usize,
        origin: ChangeOrigin,
        next: impl Fn(&Self) -> Option<u32>,
    ) -> Usage {
        let mut taken = Usage::default();
        self.with_origin(origin, |inner| {
            while taken.records < max
                && let Some(slot) = next(inner)
            {
                taken.add(Usage::one(inner.drop_slot(slot)));
            }
        });
        taken
    }

    /// Drops the record in a slot; says what it took.
    pub(super) fn drop_slot(&mut self, slot: u32) -> usize {
        let old = self.by_slot(slot).replaced();
        self.drop_record(&old);
        old.weight
    }
}
