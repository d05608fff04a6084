//! Keys that crowd at the edges: there order, escapes and ends go wrong first.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::{collection::vec, option::of, prelude::*};
use uuid::Uuid;

use super::tree::Tree;

// Choosing is done by mapping numbers: in a debug build that is several times as fast as
// `prop_oneof!`, which sets up a generator for each choice.

macro_rules! integers {
    ($($name:ident: $int:ident;)*) => { $(
        pub(super) fn $name() -> impl Strategy<Value = $int> {
            let minus_one_or_max = (0 as $int).wrapping_sub(1);
            let edges =
                [$int::MIN, $int::MIN + 1, minus_one_or_max, 0, 1, $int::MAX - 1, $int::MAX];
            (any::<$int>(), 0_usize..14)
                .prop_map(move |(any, at)| edges.get(at).copied().unwrap_or(any))
        }
    )* };
}

integers! {
    edge_u8: u8;
    edge_u16: u16;
    edge_u32: u32;
    edge_u64: u64;
    edge_u128: u128;
    edge_i8: i8;
    edge_i16: i16;
    edge_i32: i32;
    edge_i64: i64;
    edge_i128: i128;
}

pub(super) fn byte() -> impl Strategy<Value = u8> {
    any::<u8>().prop_map(edge_byte)
}

/// Mostly ordinals, flags, terminators and escapes, or the largest bytes.
fn edge_byte(byte: u8) -> u8 {
    match byte {
        0x00..0xa0 => byte % 4,
        0xa0..0xd0 => 0xfe + byte % 2,
        0xd0.. => byte,
    }
}

/// Bytes that mean nothing.
pub(super) fn noise() -> impl Strategy<Value = Vec<u8>> {
    (any::<u64>(), 0_usize..=8).prop_map(|(bytes, len)| {
        bytes.to_be_bytes()[..len].iter().copied().map(edge_byte).collect()
    })
}

pub(super) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(byte(), 0..5)
}

pub(super) fn character() -> impl Strategy<Value = char> {
    // The smallest and the largest of one, two, three and four bytes of UTF-8, around the
    // surrogates, and those that are escaped.
    const EDGES: &[char] = &[
        '\0',
        '\u{1}',
        '\u{2}',
        'a',
        '\u{7f}',
        '\u{80}',
        '\u{7ff}',
        '\u{800}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '\u{10ffff}',
    ];
    (any::<char>(), 0..EDGES.len() * 5 / 4)
        .prop_map(|(any, at)| EDGES.get(at).copied().unwrap_or(any))
}

pub(super) fn text() -> impl Strategy<Value = String> {
    vec(character(), 0..4).prop_map(String::from_iter)
}

pub(super) fn edge_uuid() -> impl Strategy<Value = Uuid> {
    (edge_u64(), edge_u64()).prop_map(|(high, low)| Uuid::from_u64_pair(high, low))
}

pub(super) fn edge_duration() -> impl Strategy<Value = Duration> {
    (edge_u64(), nanos()).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos))
}

/// A century around the epoch, and close to it.
pub(super) fn edge_time() -> impl Strategy<Value = SystemTime> {
    let century = 100 * 365 * 24 * 60 * 60;
    (any::<bool>(), edge_u64(), nanos()).prop_map(move |(after, seconds, nanos)| {
        let seconds = seconds % century;
        // Windows counts in steps of 100 ns.
        let nanos = if cfg!(windows) { nanos / 100 * 100 } else { nanos };
        let distance = Duration::new(seconds, nanos);
        if after { UNIX_EPOCH + distance } else { UNIX_EPOCH - distance }
    })
}

fn nanos() -> impl Strategy<Value = u32> {
    (any::<u32>(), 0_u8..6).prop_map(|(any, at)| match at {
        0 | 1 => at.into(),
        2 => 999_999_999,
        _ => any % 1_000_000_000,
    })
}

type Twelve = (u8, bool, u8, u8, bool, u8, u8, bool, u8, u8, bool, u8);

pub(super) fn twelve() -> impl Strategy<Value = Twelve> {
    let three = || (byte(), any::<bool>(), byte());
    (three(), three(), three(), three()).prop_map(|((a, b, c), (d, e, f), (g, h, i), (j, k, l))| {
        (a, b, c, d, e, f, g, h, i, j, k, l)
    })
}

pub(super) fn tree() -> impl Strategy<Value = Tree> {
    byte().prop_map(Tree::Leaf).prop_recursive(3, 8, 2, |tree| {
        let child = || of(tree.clone().prop_map(Box::new));
        prop_oneof![
            tree.clone().prop_map(|tree| Tree::Boxed(Box::new(tree))),
            vec(tree.clone(), 0..3).prop_map(Tree::Children),
            (child(), child()).prop_map(|(left, right)| Tree::Fork { left, right }),
        ]
    })
}
