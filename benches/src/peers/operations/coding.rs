//! Encoding and decoding alone.

use std::hint::black_box;

use crate::peers::{
    peer::{Codec, Peer},
    people::People,
    stopwatch::{Cost, timed},
    user::AGE,
};

/// How many users are encoded and decoded: few enough that they lie in the caches.
const CODED: usize = 1000;

const ROUNDS: usize = 200;

pub(super) fn encode<P: Peer>(_peer: &mut P, people: &People) -> Option<Cost> {
    let Codec { encode, .. } = P::codec()?;
    Some(coded(&some_users::<P>(people), |user| drop(black_box(encode(user)))))
}

pub(super) fn encode_record<P: Peer>(_peer: &mut P, people: &People) -> Option<Cost> {
    let Codec { record, .. } = P::codec()?;
    Some(coded(&some_users::<P>(people), |user| drop(black_box(record(user)))))
}

pub(super) fn decode<P: Peer>(_peer: &mut P, people: &People) -> Option<Cost> {
    let Codec { encode, decode, .. } = P::codec()?;
    let users = some_users::<P>(people);
    let values: Vec<_> = users.iter().map(encode).collect();
    assert!(
        values.iter().map(|value| decode(value)).eq(users),
        "{}: decodes what it encodes",
        P::NAME
    );
    Some(coded(&values, |value| drop(black_box(decode(value)))))
}

/// A few, again and again.
fn coded<T>(all: &[T], code: impl Fn(&T)) -> Cost {
    let cost = timed(|| {
        for _ in 0..ROUNDS {
            all.iter().for_each(&code);
        }
    });
    cost.per(all.len() * ROUNDS)
}

fn some_users<P: Peer>(people: &People) -> Vec<P::User> {
    let ids = people.ids.iter().take(CODED);
    ids.map(|&id| P::User::from(people.user(id, AGE))).collect()
}
