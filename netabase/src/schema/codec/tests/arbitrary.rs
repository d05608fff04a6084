//! Any bytes: an error with a name, or a value with exactly these bytes.

use std::fmt::Debug;

use proptest::{collection, prelude::*, sample::Index, test_runner::TestCaseResult};
use serde::{Deserialize, Serialize};

use super::{
    encoded,
    shapes::{Borrowed, Bytes, Kind, Newtype, Node, Numbers, Pair, Unit, kind, numbers},
};
use crate::schema::codec::decode;

/// No floats, since NaN is not itself; no maps, whose entries come back in another order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Canonical {
    numbers: Numbers,
    kinds: Vec<Kind>,
    text: Option<Box<str>>,
    flags: Vec<(bool, Unit)>,
    blobs: Vec<Bytes>,
    nested: Vec<Vec<Option<Newtype>>>,
    letters: (char, Pair),
    branch: Branch,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Branch {
    End,
    Next(Box<Branch>),
    Fork { left: Box<Branch>, right: Vec<Branch> },
}

fn exactly_these<'de, T: Serialize + Deserialize<'de> + Debug>(bytes: &'de [u8]) -> TestCaseResult {
    if let Ok(value) = decode::<T>(bytes) {
        let again = encoded(&value).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again, bytes, "{:?}", value);
    }
    Ok(())
}

fn branch() -> impl Strategy<Value = Branch> {
    Just(Branch::End).prop_recursive(6, 12, 3, |branch| {
        let boxed = || branch.clone().prop_map(Box::new);
        prop_oneof![
            boxed().prop_map(Branch::Next),
            (boxed(), collection::vec(branch.clone(), 0..3))
                .prop_map(|(left, right)| Branch::Fork { left, right }),
        ]
    })
}

fn canonical() -> impl Strategy<Value = Canonical> {
    let blob = collection::vec(any::<u8>(), 0..5).prop_map(Bytes);
    let number = any::<Option<u32>>().prop_map(|number| number.map(Newtype));
    let lists = (
        collection::vec(kind(), 0..3),
        collection::vec(any::<bool>().prop_map(|flag| (flag, Unit)), 0..3),
        collection::vec(blob, 0..3),
        collection::vec(collection::vec(number, 0..3), 0..3),
    );
    let small = (proptest::option::of(".{0,4}"), any::<(char, i16, bool)>());
    (numbers(), lists, small, branch()).prop_map(|(numbers, lists, small, branch)| Canonical {
        numbers,
        kinds: lists.0,
        text: small.0.map(String::into_boxed_str),
        flags: lists.1,
        blobs: lists.2,
        nested: lists.3,
        letters: (small.1.0, Pair(small.1.1, small.1.2)),
        branch,
    })
}

#[derive(Clone, Debug)]
enum Mutation {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let len = bytes.len();
        match self {
            Self::Set(at, byte) => bytes[at.index(len)] = *byte,
            Self::Insert(at, byte) => bytes.insert(at.index(len), *byte),
            Self::Remove(at) => drop(bytes.remove(at.index(len))),
            Self::Cut(at) => bytes.truncate(at.index(len)),
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    // Lengths, tags and the marks of long integers do more harm than other bytes.
    let byte = || prop_oneof![0..8_u8, 250..=255_u8, any::<u8>()];
    prop_oneof![
        4 => (any::<Index>(), byte()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        2 => (any::<Index>(), byte()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        2 => any::<Index>().prop_map(Mutation::Remove),
        1 => any::<Index>().prop_map(Mutation::Cut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_bytes(bytes in collection::vec(prop_oneof![0..6_u8, 250..=255_u8, any::<u8>()], 0..40)) {
        exactly_these::<Canonical>(&bytes)?;
        exactly_these::<Branch>(&bytes)?;
        exactly_these::<Node>(&bytes)?;
        exactly_these::<Numbers>(&bytes)?;
        exactly_these::<Vec<u64>>(&bytes)?;
        exactly_these::<Vec<i16>>(&bytes)?;
        exactly_these::<Vec<u128>>(&bytes)?;
        exactly_these::<Vec<char>>(&bytes)?;
        exactly_these::<Vec<Kind>>(&bytes)?;
        exactly_these::<Vec<Option<Bytes>>>(&bytes)?;
        exactly_these::<(String, Vec<String>)>(&bytes)?;
        exactly_these::<Borrowed<'_>>(&bytes)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn damaged_values(value in canonical(), damage in collection::vec(mutation(), 0..3)) {
        let mut bytes = encoded(&value).expect("the value is fine");
        for mutation in &damage {
            mutation.apply(&mut bytes);
        }
        exactly_these::<Canonical>(&bytes)?;
    }
}
