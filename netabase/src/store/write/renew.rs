//! Renews the leases of own records that peers are served.

use std::ops::ControlFlow;

use libp2p::kad::{Record, RecordKey};

use super::publish::is_due;
use crate::store::{
    NetabaseStore,
    clock::Moment,
    engine::{ChangeOrigin, Renewal, SchemaId},
    error::WriteError,
    inner::Inner,
    lease::LEASE_SLACK,
    plan::Plan,
};

/// How many rows in a range are looked at in vain in one call: such as a clock that was set has left there.
const MAX_IN_VAIN: usize = 256;

/// How far the own records of a schema were looked through for leases that are due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RenewalCursor {
    /// In each range of leases, the end and the slot of the last record.
    behind: [Option<(u32, u32)>; 3],
    /// How many rows in a range are looked at in vain in one call.
    max_in_vain: usize,
}

impl Default for RenewalCursor {
    fn default() -> Self {
        Self { behind: [None; 3], max_in_vain: MAX_IN_VAIN }
    }
}

impl RenewalCursor {
    /// Returns one for a single call, which finds all there are.
    pub(crate) fn unbounded() -> Self {
        Self { behind: [None; 3], max_in_vain: usize::MAX }
    }
}

/// How many values are signed under one lock: some 25 µs each.
const CHUNK: usize = 64;

impl NetabaseStore {
    /// Renews the leases of own records of a schema that are due, at most `max` of them, the most urgent first,
    /// and returns the records to be sent, and whether there may be more. Those that peers would refuse are left as
    /// they are; however many they are, a call looks at few of them, and the next one goes on behind.
    pub(crate) fn renew_due(
        &self,
        schema: SchemaId,
        max: usize,
        cursor: &mut RenewalCursor,
    ) -> (Vec<Result<Record, WriteError>>, bool) {
        let now = self.now();
        self.sweep_all(&now);
        let due = self.due(schema, max, cursor, &now);
        let has_more = due.len() >= max;
        let mut renewed = Vec::with_capacity(due.len());
        for keys in due.chunks(CHUNK) {
            let chunk = self.change(ChangeOrigin::Local, &now, |plan| {
                let renew = |key| plan.renew_if_due(schema, key).transpose();
                Ok::<Vec<_>, WriteError>(keys.iter().filter_map(renew).collect())
            });
            match chunk {
                Ok(chunk) => renewed.extend(chunk),
                Err(error) => {
                    renewed.push(Err(error));
                    break;
                }
            }
        }
        (renewed, has_more)
    }

    fn due(
        &self,
        schema: SchemaId,
        max: usize,
        cursor: &mut RenewalCursor,
        now: &Moment,
    ) -> Vec<RecordKey> {
        let (inner, author) = (self.shared.inner.read(), &self.shared.author);
        let inner: &Inner = &inner;
        let mut due = Vec::new();
        if max == 0 {
            return due;
        }
        let second = |ms: u64| u32::try_from(ms / 1000).unwrap_or(u32::MAX);
        let now_second = second(now.unix_ms());
        let half = second(now.after(author.max_lifetime / 2).unix_ms());
        let longest = second(now.after(author.max_lifetime + LEASE_SLACK).unix_ms());
        // The two last are what a clock that was set leaves behind.
        let max_in_vain = cursor.max_in_vain;
        let ranges = [
            (Renewal::BeforeItEnds, 0, half),
            (Renewal::OnceItHasEnded, 0, now_second),
            (Renewal::BeforeItEnds, longest, u32::MAX),
        ];
        for ((renewal, first, last), behind) in ranges.into_iter().zip(&mut cursor.behind) {
            let mut in_vain = 0;
            let from = behind.filter(|(second, _)| *second >= first).unwrap_or((first, 0));
            let found =
                inner.engine.renewals(schema, renewal, from..=(last, u32::MAX), |at, row| {
                    if is_due(row, author, now) {
                        due.push(row.key().to_key());
                    } else {
                        in_vain += 1;
                    }
                    if due.len() < max && in_vain < max_in_vain {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(at)
                    }
                });
            *behind = found.break_value();
            if due.len() >= max {
                break;
            }
        }
        due
    }
}

impl Plan<'_> {
    /// Plans as [`renew`](Self::renew), unless something has changed and the record is no longer due.
    fn renew_if_due(
        &mut self,
        schema: SchemaId,
        key: &RecordKey,
    ) -> Result<Option<Record>, WriteError> {
        match self.engine().get(key).filter(|row| is_due(*row, self.author, self.now)) {
            Some(row) => self.renew(schema, row).map(Some),
            None => Ok(None),
        }
    }
}
