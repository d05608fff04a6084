//! When a record that comes in may have been written, and how long it may want to stay.

use std::time::Duration;

use super::{
    author::Author,
    clock::Moment,
    error::{ArrivalError, ClockAhead},
};
use crate::schema::{Access, Envelope, Timestamp, lease_is_over};

/// How far ahead of this machine's clock a record's may be.
const MAX_CLOCK_AHEAD: Duration = Duration::from_secs(10 * 60);

/// How much longer than the network's longest a lease may be: its author's clock may be ahead. A
/// tombstone's is longer by itself.
///
/// A second more, to which a lease's end is rounded up.
pub(super) const LEASE_SLACK: Duration = Duration::from_secs(10 * 60 + 1);
const TOMBSTONE_LEASE_SLACK: Duration = Duration::from_secs(30 * 60 + 1);

pub(super) fn check_lease(
    envelope: &Envelope<'_>,
    access: Access,
    author: &Author,
    now: &Moment,
) -> Result<(), ArrivalError> {
    let not_after = envelope.not_after;
    if lease_is_over(not_after, now.unix_ms()) {
        return Err(ArrivalError::LeaseOver { not_after });
    }
    if access == Access::Local {
        return Ok(());
    }
    if not_after == 0 {
        return Err(ArrivalError::NoLease);
    }
    let slack = if envelope.tombstone { TOMBSTONE_LEASE_SLACK } else { LEASE_SLACK };
    let longest = author.max_lifetime + slack;
    let lease = Duration::from_secs(not_after.into());
    let lease = lease.saturating_sub(Duration::from_millis(now.unix_ms()));
    if lease > longest { Err(ArrivalError::LeaseTooLong { lease, longest }) } else { Ok(()) }
}

/// Refuses timestamps that other peers would refuse, too.
pub(super) fn check_ahead(timestamp: Timestamp, now_ms: u64) -> Result<(), ClockAhead> {
    let by = Duration::from_millis(timestamp.millis().saturating_sub(now_ms));
    if by > MAX_CLOCK_AHEAD { Err(ClockAhead { by }) } else { Ok(()) }
}
