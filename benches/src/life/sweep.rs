use std::time::Instant;

use netabase::{ManualClock, MemoryStoreDatabase};
use netabase_benches::{timing::nanoseconds, workload::User};

use super::lives::{Guest, HOUR, Lives, is_short_lived};

/// Nanoseconds until nothing is left to do an hour later.
pub(super) fn maintain(
    guests: &MemoryStoreDatabase<Guest>,
    clock: &ManualClock,
    lives: &Lives,
) -> f64 {
    let due = guests.get_expiring_records(HOUR);
    assert_eq!(due.count(), lives.short_lived(), "so many live for an hour at most");
    clock.advance(HOUR);

    let start = Instant::now();
    let mut removed = 0;
    loop {
        let done = guests.maintain_store();
        removed += done.expired_records_cleaned;
        if done.is_complete {
            break;
        }
    }
    let time = start.elapsed();

    assert_eq!(removed, lives.short_lived(), "all that had expired was taken out");
    assert_eq!(guests.len(), lives.ids.len() - removed, "and nothing else");
    nanoseconds(time)
}

/// Nanoseconds to find, by a look at all values, what ends in an hour, and to remove that. The id stands
/// for a field with the deadline.
pub(super) fn typed(users: &MemoryStoreDatabase<User>, lives: &Lives) -> f64 {
    let start = Instant::now();
    let values = users.scan().map(|user| user.expect("what was stored decodes").id);
    let ended: Vec<u64> = values.filter(|&id| is_short_lived(id)).collect();
    let removed = users.remove_batch(&ended).expect("the keys are valid");
    let time = start.elapsed();

    assert_eq!(removed, lives.short_lived(), "all that had ended was removed");
    assert_eq!(users.len(), lives.ids.len() - removed, "and nothing else");
    nanoseconds(time)
}
