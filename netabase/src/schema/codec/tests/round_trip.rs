//! What `encode` accepts, `decode` gives back; the bytes are bincode's, but for the order of maps.

use std::{collections::HashMap, fmt::Debug, net::IpAddr, time::Duration};

use proptest::{collection, prelude::*, test_runner::TestCaseResult};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    encoded,
    shapes::{Node, Tree, Unit, kind, node, numbers, rich, tree},
};
use crate::schema::codec::{EncodeError, decode};

/// Encodes to bincode's bytes and decodes to the same value.
fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &T,
) -> TestCaseResult {
    let bytes = encoded(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let theirs = bincode::serde::encode_to_vec(value, bincode::config::standard());
    prop_assert_eq!(&bytes, &theirs.map_err(|error| TestCaseError::fail(error.to_string()))?);
    decodes_to(value, &bytes)
}

/// As [`there_and_back`], of a value with maps: they are sorted, and bincode reads them all the same.
fn sorted_there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &T,
) -> TestCaseResult {
    let bytes = encoded(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let theirs = bincode::serde::decode_from_slice::<T, _>(&bytes, bincode::config::standard());
    let theirs = theirs.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!((&theirs.0, theirs.1), (value, bytes.len()));
    decodes_to(value, &bytes)
}

fn decodes_to<T: DeserializeOwned + PartialEq + Debug>(value: &T, bytes: &[u8]) -> TestCaseResult {
    let decoded = decode::<T>(bytes);
    prop_assert_eq!(decoded.as_ref(), Ok(value));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn integers_of_every_length(numbers in numbers()) {
        there_and_back(&numbers)?;
    }

    #[test]
    fn enums(kinds in collection::vec(kind(), 0..4)) {
        there_and_back(&kinds)?;
    }

    #[test]
    fn trees(tree in tree()) {
        match encoded(&tree) {
            Err(refused) => prop_assert_eq!(refused, EncodeError::TooDeep),
            Ok(_) => sorted_there_and_back(&tree)?,
        }
    }

    #[test]
    fn vectors_of_themselves(node in node()) {
        there_and_back(&node)?;
    }

    #[test]
    fn units_beside_other_fields(number in any::<Option<u8>>(), units in 0..3_usize) {
        let unit = (units % 2 == 0).then_some(Unit);
        there_and_back(&((), number, Unit, unit, Vec::<Unit>::new(), [(); 4]))?;
    }

    #[test]
    fn units_in_sequences_only_if_there_are_none(units in 0..3_usize) {
        let value = vec![Unit; units];
        match encoded(&value) {
            Err(refused) => prop_assert!(units > 0 && refused == EncodeError::ZeroSizedElement),
            Ok(_) => there_and_back(&value)?,
        }
    }

    #[test]
    fn types_of_the_standard_library(
        addresses in collection::vec(any::<IpAddr>(), 0..3),
        wait in any::<Duration>(),
        outcome in any::<Result<char, Box<str>>>(),
        signed in any::<[i8; 5]>(),
    ) {
        there_and_back(&(addresses, wait, outcome, signed))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_shape_at_once(rich in rich()) {
        sorted_there_and_back(&rich)?;
    }

    #[test]
    fn maps(
        hashed in collection::hash_map(any::<u16>(), collection::vec(any::<u8>(), 0..4), 0..6),
        sorted in collection::btree_map(".{0,4}", Just(()), 0..6),
    ) {
        sorted_there_and_back(&hashed)?;
        sorted_there_and_back(&sorted)?;
    }
}

macro_rules! edges {
    ($($name:ident: $ty:ty),* $(,)?) => {$(
        #[test]
        fn $name() -> TestCaseResult {
            for power in (0..<$ty>::BITS).map(|bit| 1 << bit) {
                for edge in [power - 1, power, 249, 250, 251, 252] {
                    let signed = <$ty>::cast_signed(edge);
                    there_and_back(&(edge, signed, !signed))?;
                }
            }
            Ok(())
        }
    )*};
}

edges! {
    the_edges_of_16_bits: u16,
    the_edges_of_32_bits: u32,
    the_edges_of_64_bits: u64,
    the_edges_of_128_bits: u128,
}

#[test]
fn large_honest_values() -> TestCaseResult {
    for len in [32 * 1024, 1024 * 1024] {
        there_and_back(&"x".repeat(len))?;
        there_and_back(&vec![0xab_u8; len])?;
        there_and_back(&vec![String::new(); len])?;
        there_and_back(&(0..len as u64 / 8).map(|n| n << 40).collect::<Vec<_>>())?;
        there_and_back(&Node(vec![Node::default(); len]))?;
        sorted_there_and_back(
            &(0..len / 8).map(|n| (n, n.to_string())).collect::<HashMap<_, _>>(),
        )?;
        there_and_back(&vec![Tree::Number(1); len / 4])?;
    }
    Ok(())
}
