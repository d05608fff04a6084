//! Takes out rows that have expired, and foreign rows over their budget, in bounded steps.

use std::time::Duration;

use libp2p::kad::RecordKey;

use crate::store::{
    NetabaseStore,
    clock::Moment,
    commit::CommitError,
    engine::{ChangeOrigin, Engine},
    limits::Budget,
    plan::MAX_EXPIRED,
    query::View,
    usage::Usage,
};

/// How many rows are taken out under one lock.
const CHUNK: usize = 256;

/// How many rows are evicted beside a newcomer if foreign ones take more than they may, since the limits were lowered.
const EXCESS_WITH_A_RECORD: usize = 64;

impl NetabaseStore {
    /// Returns the records a view shows of those that expire within a time, and how long each has left; the next to
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
        inner.engine.expiring(&until, |row| {
            let is_meant =
                row.key().starts_with(prefix) && view.shows(row) && !row.is_expired(&now);
            if let Some(left) = row.life().left(&now).filter(|_| is_meant) {
                expiring.push((row.key().to_key(), left));
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
    pub(in crate::store) fn sweep_all(&self, now: &Moment) {
        self.sweep_while(now, |engine| engine.has_expired(now, None));
    }

    /// Takes out all that has expired of what databases show, whatever else has.
    pub(in crate::store) fn sweep_shown(&self, now: &Moment) {
        self.sweep_while(now, |engine| engine.has_expired_shown(now));
    }

    fn sweep_while(&self, now: &Moment, is_due: impl Fn(&Engine) -> bool) {
        while is_due(&self.shared.inner.read().engine) {
            let sweep: Result<_, CommitError> =
                self.change(ChangeOrigin::Expired, now, |plan| Ok(plan.expire(CHUNK, None)));
            // A damaged store keeps what it has.
            if sweep.is_err() {
                return;
            }
        }
    }

    /// Evicts foreign rows until they take no more than they may, at most `max` under one lock.
    pub(in crate::store) fn evict_all_excess(&self, now: &Moment, max: usize) {
        while self.shared.inner.read().engine.is_over_budget() {
            if self.evict_excess(now, max).is_err() {
                return;
            }
        }
    }

    /// Evicts at most `max` rows if foreign ones take more than they may.
    fn evict_excess(&self, now: &Moment, max: usize) -> Result<Usage, CommitError> {
        self.change(ChangeOrigin::Evicted, now, |plan| Ok(plan.evict_excess(max)))
    }

    /// Takes out some foreign rows that have expired, and evicts a few if they take more than they may, since the
    /// limits were lowered: a step that stays, whatever becomes of the newcomer that found no room. False if there
    /// was none to be taken.
    pub(in crate::store) fn relieve(&self, now: &Moment) -> Result<bool, CommitError> {
        let is_due = {
            let engine = &self.shared.inner.read().engine;
            engine.is_over_budget() || engine.has_expired(now, Some(Budget::Foreign))
        };
        if !is_due {
            return Ok(false);
        }
        self.change(ChangeOrigin::Evicted, now, |plan| {
            let expired = plan.expire(MAX_EXPIRED, Some(Budget::Foreign));
            let evicted = plan.evict_excess(EXCESS_WITH_A_RECORD);
            Ok(expired.records + evicted.records > 0)
        })
    }

    /// Takes out these rows if they have expired: a walk has met them, and none should meet them again.
    pub(in crate::store) fn expire_met(&self, keys: &[RecordKey], now: &Moment) {
        if keys.is_empty() {
            return;
        }
        let expired: Result<(), CommitError> = self.change(ChangeOrigin::Expired, now, |plan| {
            for key in keys {
                plan.previous(key);
            }
            Ok(())
        });
        // A damaged store keeps what it has.
        let _ = expired;
    }
}
