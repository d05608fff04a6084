//! What the example `lifecycle` says of itself.

use netabase_examples::lifecycle::{FLOOD_SECONDS, LifecycleError, SEED, Traffic};

#[test]
fn a_flood_takes_no_room_from_the_application_nor_from_peers_that_hold_less()
-> Result<(), LifecycleError> {
    let mut traffic = Traffic::new(20_000)?;
    traffic.before_the_flood()?;
    for second in 0..FLOOD_SECONDS {
        traffic.pass_second(second)?;
    }
    traffic.ledger.look_up(&traffic.tower.store);

    let capacity = traffic.tower.store.capacity_info();
    let (own, foreign) = (capacity.own, capacity.foreign);
    assert_eq!(foreign.current_records, foreign.max_records, "seed {SEED}");
    let counts = traffic.tower.counts;
    assert_eq!(own.current_records, counts.written - counts.own_expired, "seed {SEED}");
    let accounts = traffic.ledger.accounts();
    for account in accounts.iter().take(4) {
        assert_eq!(account.held.len(), account.sent, "{} lost some, seed {SEED}", account.name);
    }
    let [archive, flood] = &accounts[4..] else { panic!("six sources sent something") };
    assert!(archive.held.len().abs_diff(flood.held.len()) <= 1, "they are cut to one level");
    for cut in [archive, flood] {
        let store = &traffic.tower.store;
        let (held, gone) = (cut.farthest_held(store), cut.nearest_gone(store));
        assert!(held < gone, "{}: {held:?} before {gone:?}, seed {SEED}", cut.name);
    }
    Ok(())
}
