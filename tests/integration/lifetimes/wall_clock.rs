//! Lives are counted by the monotonic clock, leases by the wall clock, which all peers share.

use std::error::Error;

use libp2p::kad::store::RecordStore;
use netabase::ManualClock;

use super::{
    DAY, HOUR, MILLISECOND, ids, just_before, leased, publish, session, sessions, sessions_at,
};
use crate::clocks::NOW_MS;

const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1000;

#[test]
fn a_wall_clock_that_jumps_ends_and_extends_no_life() -> Result<(), Box<dyn Error>> {
    for jump in [NOW_MS + YEAR_MS, NOW_MS - YEAR_MS, 0, u64::MAX >> 16] {
        let (sessions, clock) = sessions();
        sessions.put(&session("private"))?;
        publish(&sessions, &session("published"))?;
        sessions.put_with_ttl(&session("endless"), None)?;

        clock.set_unix_ms(jump);
        clock.advance(just_before(HOUR));
        assert_eq!(ids(sessions.iter())?, ["endless", "private", "published"], "{jump}");
        let soon = sessions.get_expiring_records(MILLISECOND);
        assert_eq!(
            soon.map(|expiring| Ok(expiring?.left))
                .collect::<Result<Vec<_>, netabase::DatabaseError>>()?,
            [MILLISECOND; 2]
        );
        assert_eq!(sessions.store().maintain_store().records_removed, 0);

        clock.advance(MILLISECOND);
        assert_eq!(ids(sessions.iter())?, ["endless"], "{jump}");
        assert_eq!(sessions.store().maintain_store().expired_records_cleaned, 2);
        clock.set_unix_ms(NOW_MS);
        assert_eq!(ids(sessions.iter())?, ["endless"], "and none comes back");
    }
    Ok(())
}

#[test]
fn a_wall_clock_that_jumps_ahead_ends_leases() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let mut store = sessions.store().clone();
    let author = sessions_at(&clock);
    sessions.put_record(&author.to_record(&session("taken"))?)?;
    store.put(author.to_record(&session("held"))?)?;
    let published = publish(&sessions, &session("published"))?;
    assert_eq!(store.records().count(), 2);

    clock.set_unix_ms(NOW_MS + YEAR_MS);

    assert_eq!(ids(sessions.with_held().iter())?, ["published"]);
    assert_eq!(store.records().count(), 0, "peers would refuse it, too");
    assert_eq!(store.record_count(), 1);
    assert!(store.get(&published.key).is_none());
    Ok(())
}

#[test]
fn a_wall_clock_that_is_set_back_lengthens_leases() -> Result<(), Box<dyn Error>> {
    let (sessions, clock) = sessions();
    let author = sessions_at(&ManualClock::at_unix_ms(NOW_MS));
    sessions.put_record(&leased(author.to_record(&session("taken"))?, HOUR, &clock))?;
    let published = publish(&sessions, &session("published"))?;

    clock.set_unix_ms(NOW_MS - 7 * DAY.as_secs() * 1000);
    clock.advance(2 * HOUR);

    assert_eq!(ids(sessions.iter())?, ["taken"], "the own one's life is over");
    assert!(sessions.store().get(&published.key).is_none());
    let soon = sessions.get_expiring_records(30 * DAY).next().transpose()?;
    assert_eq!(soon.map(|expiring| expiring.left), Some(6 * DAY + 23 * HOUR));
    clock.set_unix_ms(NOW_MS + 60 * 60 * 1000);
    assert_eq!(sessions.len(), 0);
    Ok(())
}
