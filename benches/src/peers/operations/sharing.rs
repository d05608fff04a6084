//! What a store of records that peers share is asked for beside reads and writes.

use std::{array, hint::black_box};

use crate::peers::{
    peer::Peer,
    people::People,
    stopwatch::{Cost, timed},
    user::Stored,
};

/// Of so many publishers the records are asked for.
const PUBLISHERS: usize = 3;

pub(super) fn sweep<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, ids) = (peer.mortal()?, people.mortals());
    peer.end(ids);
    let mut swept = 0;
    let cost = timed(|| swept = peer.sweep());
    assert_eq!(swept, ids.len(), "{}: those go whose life has ended", P::NAME);
    Some(cost)
}

pub(super) fn publisher<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let peer = peer.published()?;
    peer.prepare();
    let [first, asked @ ..]: [u32; PUBLISHERS + 1] =
        array::from_fn(|place| people.group_of(people.newcomers[place % people.newcomers.len()]));
    let found = peer.of_publisher(first);
    let is_of = |user: &P::User| people.group_of(user.id()) == first;
    assert!(!found.is_empty() && found.iter().all(is_of), "{}: a publisher's users", P::NAME);
    let cost = timed(|| {
        for group in asked {
            drop(black_box(peer.of_publisher(group)));
        }
    });
    Some(cost.per(PUBLISHERS))
}

pub(super) fn sync<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let peer = peer.synced()?;
    let mut synced = 0;
    let cost = timed(|| {
        peer.records(&mut |record| {
            drop(black_box(record));
            synced += 1;
        });
    });
    let all = synced > people.ids.len() / 2;
    assert!(all, "{}: every user is synced", P::NAME);
    Some(cost.per(synced))
}
