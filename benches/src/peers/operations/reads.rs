//! Reads: they leave everything as it is.

use std::hint::black_box;

use netabase_benches::workload::email;

use super::ROWS;
use crate::peers::{
    peer::Peer,
    people::People,
    stopwatch::{Cost, timed},
    user::{AGE, Stored},
};

/// So many are looked up, or at least seen in a scan, when that is timed: small stores are asked again and again.
const LOOK_UPS: usize = 200_000;

/// So many groups are looked up.
const GROUPS: usize = 1000;

/// How often the number of users is asked for.
const COUNTS: usize = 100_000;

pub(super) fn get<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = some(people);
    let mut rest = ids[1..].iter().copied();
    let cost = timed(|| {
        peer.get_chain(ids[0], &mut |user| {
            drop(black_box(user));
            rest.next()
        });
    });
    Some(cost.per(ids.len()))
}

/// Which is next is not known before the last one was read, so that no two can be under way at once.
pub(super) fn get_dependent<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = some(people);
    let mut position = 0;
    let cost = timed(|| {
        peer.get_chain(ids[0], &mut |user| {
            let age = black_box(user).map_or(AGE, |user| user.age());
            position += 1 + usize::from(age - AGE);
            ids.get(position).copied()
        });
    });
    Some(cost.per(ids.len()))
}

pub(super) fn get_alone<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    if !peer.is_alone() {
        return None;
    }
    let ids = some(people);
    let cost = timed(|| ids.iter().for_each(|&id| drop(black_box(peer.get(id)))));
    Some(cost.per(ids.len()))
}

pub(super) fn get_with<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, ids) = (peer.lending()?, some(people));
    let cost = timed(|| {
        peer.ages(&ids, &mut |age| {
            black_box(age);
        });
    });
    Some(cost.per(ids.len()))
}

pub(super) fn unique_index<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let peer = peer.indexed()?;
    let emails: Vec<String> = some(people).iter().map(|&id| email(id)).collect();
    let cost = timed(|| peer.by_email(&emails, &mut |user| drop(black_box(user))));
    Some(cost.per(emails.len()))
}

pub(super) fn index<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, groups) = (peer.indexed()?, people.some_groups(GROUPS));
    let mut rows = 0;
    let cost = timed(|| peer.by_group(&groups, &mut |users| rows += black_box(users).len()));
    Some(cost.per(rows))
}

pub(super) fn range<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let from = starts::<P>(people);
    let cost = timed(|| peer.ranges(from, ROWS, &mut |users| drop(black_box(users))));
    Some(cost.per(from.len()))
}

pub(super) fn range_borrowed<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, from) = (peer.lending()?, starts::<P>(people));
    let cost = timed(|| {
        peer.range_sums(from, ROWS, &mut |sum| {
            black_box(sum);
        });
    });
    Some(cost.per(from.len()))
}

pub(super) fn scan<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let cost = timed(|| {
        for _ in 0..passes(people) {
            peer.scan(&mut |user| {
                black_box(user);
            });
        }
    });
    Some(cost.per(people.ids.len() * passes(people)))
}

pub(super) fn in_order<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let peer = peer.ordered()?;
    let cost = timed(|| {
        for _ in 0..passes(people) {
            peer.in_order(&mut |user| {
                black_box(user);
            });
        }
    });
    Some(cost.per(people.ids.len() * passes(people)))
}

pub(super) fn capacity<P: Peer>(peer: &mut P, _people: &People) -> Option<Cost> {
    let peer = peer.counted()?;
    let cost = timed(|| {
        for _ in 0..COUNTS {
            black_box(peer.count());
        }
    });
    Some(cost.per(COUNTS))
}

/// Whom to look up.
fn some(people: &People) -> Vec<u64> {
    people.shuffled.iter().copied().cycle().take(LOOK_UPS).collect()
}

/// How often to go through all.
fn passes(people: &People) -> usize {
    LOOK_UPS.div_ceil(people.ids.len())
}

fn starts<P: Peer>(people: &People) -> &[u64] {
    &people.ids[..people.ids.len().min(P::RANGES)]
}
