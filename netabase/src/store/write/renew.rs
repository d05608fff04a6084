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

/// How many values are signed under one lock: some 25 µs each.
const CHUNK: usize = 64;

impl NetabaseStore {
    /// Renews the leases of own records of a schema that are due, at most `max` of them, the most urgent first,
    /// and gives the records to be sent. Those that peers would refuse are left as they are.
    pub(crate) fn renew_due(
        &self,
        schema: SchemaId,
        max: usize,
    ) -> Vec<Result<Record, WriteError>> {
        let now = self.now();
        self.sweep_all(&now);
        let due = self.due(schema, max, &now);
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
        renewed
    }

    fn due(&self, schema: SchemaId, max: usize, now: &Moment) -> Vec<RecordKey> {
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
        for (renewal, ends) in [
            (Renewal::BeforeItEnds, 0..=half),
            (Renewal::OnceItHasEnded, 0..=now_second),
            (Renewal::BeforeItEnds, longest..=u32::MAX),
        ] {
            let more = inner.engine.renewals(schema, renewal, ends, |row| {
                if is_due(row, author, now) {
                    due.push(row.key().to_key());
                }
                if due.len() < max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if more.is_break() {
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
