//! What is measured of each peer, in the order it is measured and shown.

use std::{array, hint::black_box};

use netabase_benches::workload::email;

use super::{
    beside,
    feed::Feed,
    peer::{Codec, Peer},
    people::People,
    stopwatch::{Cost, timed},
    user::{AGE, Stored},
};

/// So many are looked up when look-ups are timed.
const LOOK_UPS: usize = 200_000;

/// How many rows a range has.
pub(crate) const ROWS: usize = 100;

/// How often the number of users is asked for.
const COUNTS: usize = 100_000;

/// How many users are encoded and decoded: few enough that they lie in the caches.
const CODED: usize = 1000;

const CODED_ROUNDS: usize = 200;

/// So many users are changed by a transaction.
const IN_TRANSACTION: usize = 10;

/// Of so many publishers the records are asked for.
const PUBLISHERS: usize = 3;

/// What is measured, and how: nothing if a peer has no such thing.
pub(crate) struct Operation<P> {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&mut P, &People) -> Option<Cost>,
}

/// An operation is one line here. Those that change something come last, and leave as many users as there were.
pub(crate) fn operations<P: Peer>() -> impl Iterator<Item = Operation<P>> {
    let all: [(&'static str, fn(&mut P, &People) -> Option<Cost>); 25] = [
        ("encode", encode),
        ("encode, a record", encode_record),
        ("decode", decode),
        ("get", get),
        ("get, each after the last", get_dependent),
        ("get, on its own", get_alone),
        ("get_with", get_with),
        ("unique index", unique_index),
        ("index, a row", index),
        ("range of 100", range),
        ("range of 100, borrowed", range_borrowed),
        ("scan, a row", scan),
        ("iter, a row", iter),
        ("capacity", capacity),
        ("put one", put_one),
        ("overwrite", overwrite),
        ("transaction of 10", transaction),
        ("delete", delete),
        ("read beside a writer, 1 thread", read_beside::<P, 1>),
        ("read beside a writer, 2 threads", read_beside::<P, 2>),
        ("overwrite beside a reader", write_beside),
        ("sweep of 1 %", sweep),
        ("records of a publisher", publisher),
        ("sync, a record", sync),
        ("sync again, a record", sync),
    ];
    all.into_iter().map(|(name, run)| Operation { name, run })
}

fn get<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = some(&people.shuffled);
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
fn get_dependent<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = some(&people.shuffled);
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

fn get_alone<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    if !peer.is_alone() {
        return None;
    }
    let ids = some(&people.shuffled);
    let cost = timed(|| ids.iter().for_each(|&id| drop(black_box(peer.get(id)))));
    Some(cost.per(ids.len()))
}

fn get_with<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, ids) = (peer.lending()?, some(&people.shuffled));
    let cost = timed(|| {
        peer.ages(ids, &mut |age| {
            black_box(age);
        });
    });
    Some(cost.per(ids.len()))
}

fn unique_index<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let peer = peer.indexed()?;
    let emails: Vec<String> = some(&people.shuffled).iter().map(|&id| email(id)).collect();
    let cost = timed(|| peer.by_email(&emails, &mut |user| drop(black_box(user))));
    Some(cost.per(emails.len()))
}

fn index<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, groups) = (peer.indexed()?, people.some_groups(1000));
    let mut rows = 0;
    let cost = timed(|| peer.by_group(&groups, &mut |users| rows += black_box(users).len()));
    Some(cost.per(rows))
}

fn range<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let from = starts::<P>(people);
    let cost = timed(|| peer.ranges(from, ROWS, &mut |users| drop(black_box(users))));
    Some(cost.per(from.len()))
}

fn range_borrowed<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, from) = (peer.lending()?, starts::<P>(people));
    let cost = timed(|| {
        peer.range_sums(from, ROWS, &mut |sum| {
            black_box(sum);
        });
    });
    Some(cost.per(from.len()))
}

fn scan<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let cost = timed(|| {
        peer.scan(&mut |user| {
            black_box(user);
        });
    });
    Some(cost.per(people.ids.len()))
}

fn iter<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let peer = peer.ordered()?;
    let cost = timed(|| {
        peer.iter(&mut |user| {
            black_box(user);
        });
    });
    Some(cost.per(people.ids.len()))
}

fn capacity<P: Peer>(peer: &mut P, _people: &People) -> Option<Cost> {
    let peer = peer.counted()?;
    let cost = timed(|| {
        for _ in 0..COUNTS {
            black_box(peer.count());
        }
    });
    Some(cost.per(COUNTS))
}

fn put_one<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
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

fn overwrite<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = people.leavers();
    let cost = Feed::new(people, ids, AGE + 1).cost_of(|feed| {
        while let Some(users) = feed.portion() {
            peer.overwrite_each(users);
        }
    });
    check_ages(peer, &ids[..ids.len().min(100)], AGE + 1);
    Some(cost.per(ids.len()))
}

fn transaction<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let transactions = people.leavers().chunks_exact(IN_TRANSACTION);
    let count = transactions.len();
    let within = peer.transactional()?;
    let cost = timed(|| transactions.for_each(|ids| within.set_ages(ids, AGE + 2)));
    check_ages(peer, &people.leavers()[..IN_TRANSACTION], AGE + 2);
    Some(cost.per(count))
}

fn delete<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let ids = people.leavers();
    let cost = timed(|| peer.remove_each(ids));
    let is_gone = |&id: &u64| peer.get(id).is_none();
    assert!(ids.iter().take(100).all(is_gone), "{}: who was removed is gone", P::NAME);
    Some(cost.per(ids.len()))
}

fn read_beside<P: Peer, const READERS: usize>(peer: &mut P, people: &People) -> Option<Cost> {
    Some(beside::measure(peer, people, READERS).read)
}

fn write_beside<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    Some(beside::measure(peer, people, 1).write)
}

fn sweep<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
    let (peer, ids) = (peer.mortal()?, people.mortals());
    peer.end(ids);
    let mut swept = 0;
    let cost = timed(|| swept = peer.sweep());
    assert_eq!(swept, ids.len(), "{}: those go whose life has ended", P::NAME);
    Some(cost)
}

fn publisher<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
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

fn sync<P: Peer>(peer: &mut P, people: &People) -> Option<Cost> {
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

fn encode<P: Peer>(_peer: &mut P, people: &People) -> Option<Cost> {
    let Codec { encode, .. } = P::codec()?;
    Some(coded(&some_users::<P>(people), |user| drop(black_box(encode(user)))))
}

fn encode_record<P: Peer>(_peer: &mut P, people: &People) -> Option<Cost> {
    let Codec { record, .. } = P::codec()?;
    Some(coded(&some_users::<P>(people), |user| drop(black_box(record(user)))))
}

fn decode<P: Peer>(_peer: &mut P, people: &People) -> Option<Cost> {
    let Codec { record, decode, .. } = P::codec()?;
    let users = some_users::<P>(people);
    let records: Vec<_> = users.iter().map(record).collect();
    assert!(records.iter().map(decode).eq(users), "{}: decodes what it encodes", P::NAME);
    Some(coded(&records, |record| drop(black_box(decode(record)))))
}

/// A few, again and again.
fn coded<T>(all: &[T], code: impl Fn(&T)) -> Cost {
    let cost = timed(|| {
        for _ in 0..CODED_ROUNDS {
            all.iter().for_each(&code);
        }
    });
    cost.per(all.len() * CODED_ROUNDS)
}

fn some_users<P: Peer>(people: &People) -> Vec<P::User> {
    let ids = people.ids.iter().take(CODED);
    ids.map(|&id| P::User::from(people.user(id, AGE))).collect()
}

fn some(ids: &[u64]) -> &[u64] {
    &ids[..ids.len().min(LOOK_UPS)]
}

fn starts<P: Peer>(people: &People) -> &[u64] {
    &people.ids[..people.ids.len().min(P::RANGES)]
}

fn check_ages<P: Peer>(peer: &P, ids: &[u64], age: u8) {
    for &id in ids {
        let found = peer.get(id).map(|user| user.age());
        assert_eq!(found, Some(age), "{}: who was written has the new age", P::NAME);
    }
}
