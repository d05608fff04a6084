use netabase_benches::workload::{User, Workload};

use crate::peer::Peer;

/// The only round that users are written in.
pub(crate) const ROUND: u8 = 44;

/// A fast wrong answer is worth nothing.
pub(crate) fn reads<P: Peer>(peer: &P, workload: &Workload, rows: usize) {
    for &id in workload.ids.iter().take(1000) {
        assert_eq!(peer.get(id), Some(User::new(id, ROUND)), "every user is found as it was put");
        assert_eq!(peer.age(id), Some(ROUND), "and so is a field of it");
    }
    let mut ids = workload.ids.clone();
    ids.sort_unstable();
    let missing =
        (0..=u64::MAX).find(|id| ids.binary_search(id).is_err()).expect("some id is free");
    assert_eq!((peer.get(missing), peer.age(missing)), (None, None), "no other user is found");

    let from = workload.ids[0];
    let first = ids.partition_point(|&id| id < from);
    let expected = ids[first..].iter().take(rows).map(|&id| User::new(id, ROUND));
    assert!(expected.eq(peer.range(from, rows)), "a range has the right rows in order");
}

pub(crate) fn records<P: Peer>(peer: &P, workload: &Workload) {
    let mut synced: Vec<u64> = Vec::with_capacity(workload.ids.len());
    for record in peer.records() {
        let user = P::read(&record);
        assert!(record.key.as_ref().ends_with(&user.id.to_be_bytes()), "a record has its own key");
        assert_eq!(user, User::new(user.id, ROUND), "a record has the value as it was put");
        synced.push(user.id);
    }
    let mut expected = workload.ids.clone();
    expected.sort_unstable();
    synced.sort_unstable();
    assert_eq!(synced, expected, "every value is synced once");
}
