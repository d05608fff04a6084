//! Writes one by one, and with others beside them.

use crate::peers::{
    beside,
    feed::Feed,
    peer::Peer,
    people::People,
    stopwatch::{Cost, timed},
    user::{AGE, Stored},
};

/// So many users are changed by a transaction.
const IN_TRANSACTION: usize = 10;

pub(super) fn put_one<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = &people.newcomers;
    let cost = Feed::new(people, ids, AGE).cost_of(|feed| {
        while let Some(users) = feed.portion() {
            peer.put_each(users);
        }
    });
    for &id in ids.iter().take(100) {
        let user = Some(P::User::from(people.user(id, AGE)));
        assert_eq!(peer.get(id), user, "{}: who was put is there", P::NAME);
    }
    Some(cost.per(ids.len()))
}

pub(super) fn overwrite<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = people.leavers();
    let cost = Feed::new(people, ids, AGE + 1).cost_of(|feed| {
        while let Some(users) = feed.portion() {
            peer.overwrite_each(users);
        }
    });
    check_ages(peer, &ids[..ids.len().min(100)], AGE + 1);
    Some(cost.per(ids.len()))
}

pub(super) fn transaction<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let transactions = people.leavers().chunks_exact(IN_TRANSACTION);
    let count = transactions.len();
    let within = peer.transactional()?;
    let cost = timed(|| transactions.for_each(|ids| within.set_ages(ids, AGE + 2)));
    check_ages(peer, &people.leavers()[..IN_TRANSACTION], AGE + 2);
    Some(cost.per(count))
}

pub(super) fn delete<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = people.leavers();
    let cost = timed(|| peer.remove_each(ids));
    let is_gone = |&id: &u64| peer.get(id).is_none();
    assert!(ids.iter().take(100).all(is_gone), "{}: who was removed is gone", P::NAME);
    Some(cost.per(ids.len()))
}

pub(super) fn read_beside<P: Peer, const READERS: usize>(
    peer: &mut P,
    people: &People,
) -> Option<Cost> {
    Some(beside::measure(peer, people, READERS).read)
}

pub(super) fn write_beside<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    Some(beside::measure(peer, people, 1).write)
}

fn check_ages<P: Peer>(peer: &P, ids: &[u64], age: u8) {
    for &id in ids {
        let found = peer.get(id).map(|user| user.age());
        assert_eq!(found, Some(age), "{}: who was written has the new age", P::NAME);
    }
}
