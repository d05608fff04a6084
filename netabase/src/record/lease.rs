//! Computes the end of a lease.

use std::time::Duration;

/// How long a record may live on a network that sets nothing else. Renewal extends it.
pub const DEFAULT_MAX_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The end of a lease of `lifetime` that begins now: unix seconds, rounded up.
pub(crate) fn not_after(now_ms: u64, lifetime: Duration) -> u32 {
    let lifetime_ms = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
    let seconds = now_ms.saturating_add(lifetime_ms).div_ceil(1000);
    // In the year 2106 leases stop to grow. 0 would be none at all.
    u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
}
