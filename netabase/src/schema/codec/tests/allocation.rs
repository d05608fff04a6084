//! Memory is in proportion to what is there, never to what is claimed.

use std::{
    collections::{HashMap, HashSet},
    fmt::Debug,
};

use proptest::{collection, prelude::*};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    encoded, on_a_small_stack,
    shapes::{Bytes, Node},
};
use crate::schema::codec::{DecodeError, decode};

const SLACK: usize = 64 * 1024;

/// The most memory that decoding holds at once, and its result.
fn peak<'de, T: Deserialize<'de> + Send>(payload: &'de [u8]) -> (usize, Result<T, DecodeError>) {
    on_a_small_stack(|| {
        let mut decoded = None;
        let info = allocation_counter::measure(|| decoded = Some(decode(payload)));
        let peak = usize::try_from(info.bytes_max).expect("it fits in memory");
        (peak, decoded.expect("the measured closure ran"))
    })
}

fn peak_of<T>(value: &T) -> usize
where
    T: Serialize + DeserializeOwned + Send + PartialEq + Debug,
{
    let bytes = encoded(value).expect("the value is fine");
    let (peak, decoded) = peak::<T>(&bytes);
    assert_eq!(decoded.as_ref(), Ok(value));
    peak
}

fn of_blobs(input: usize) -> usize {
    4 * input + SLACK
}

fn of_elements<T>(elements: usize) -> usize {
    3 * size_of::<T>() * elements + SLACK
}

fn of_hashed<T>(elements: usize) -> usize {
    5 * (size_of::<T>() + 1) * elements + SLACK
}

#[track_caller]
fn assert_within(peak: usize, bound: usize) {
    assert!(peak <= bound, "{peak} bytes exceed {bound}");
}

/// Large in memory, one byte on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Fat {
    flag: bool,
    #[serde(skip, default = "padding")]
    padding: [u8; 1024],
}

fn padding() -> [u8; 1024] {
    [0; 1024]
}

#[test]
fn text_and_bytes_cost_their_length() {
    for len in [1000, 1 << 20] {
        assert_within(peak_of(&"x".repeat(len)), of_blobs(len));
        assert_within(peak_of(&Bytes(vec![1; len])), of_blobs(len));
    }
}

#[test]
fn borrowed_text_costs_nothing() {
    let bytes = encoded(&"x".repeat(1 << 20)).expect("the value is fine");

    let (peak, text) = peak::<&str>(&bytes);

    assert_eq!((peak, text.map(str::len)), (0, Ok(1 << 20)));
}

#[test]
fn sequences_cost_three_times_their_elements() {
    for len in [1, 2, 3, 4, 5, 100, 4097, 65_537] {
        assert_within(peak_of(&vec![true; len]), of_elements::<bool>(len));
        assert_within(peak_of(&vec![7_u128; len]), of_elements::<u128>(len));
        assert_within(peak_of(&Node(vec![Node::default(); len])), of_elements::<Node>(len));
        let fat = vec![Fat { flag: true, padding: padding() }; len.min(5000)];
        assert_within(peak_of(&fat), of_elements::<Fat>(fat.len()));
    }
}

#[test]
fn hash_maps_cost_five_times_their_entries() {
    for len in [1, 3, 4, 7, 8, 100, 3585, 60_000_u64] {
        let entries = usize::try_from(len).expect("small");
        let numbers = (0..len).map(|n| (n, !n)).collect::<HashMap<_, _>>();
        assert_within(peak_of(&numbers), of_hashed::<(u64, u64)>(entries));
        let set = (0..len).collect::<HashSet<_>>();
        assert_within(peak_of(&set), of_hashed::<u64>(entries));
    }
}

#[test]
fn only_elements_that_are_there_are_paid_for() {
    // 60,000 elements, each a byte; the third is no bool.
    let mut bytes = vec![0xfb, 0x60, 0xea, 1, 0, 2];
    bytes.resize(3 + 60_000, 0);
    let refused = Err(DecodeError::InvalidBool { offset: 5, found: 2 });

    let (used, decoded) = peak::<Vec<Fat>>(&bytes);
    assert_eq!(decoded, refused);
    assert_within(used, of_elements::<Fat>(3));

    let (used, decoded) = peak::<HashMap<bool, Fat>>(&bytes);
    assert_eq!(decoded.map(|map| map.len()), refused.map(|_: Vec<Fat>| 0));
    assert_within(used, of_hashed::<(bool, Fat)>(2));
}

#[test]
fn vectors_of_themselves_that_claim_all_that_is_left() {
    // Each of 31 levels claims the rest of the payload; then nothing but empty vectors.
    let mut bytes = Vec::new();
    for _ in 0..31 {
        bytes.extend([0xfb, 0x00, 0x70]);
    }
    bytes.resize(0x7000 + 93, 0);

    let (used, decoded) = peak::<Node>(&bytes);

    assert!(
        matches!(
            decoded,
            Err(DecodeError::UnexpectedEnd { .. } | DecodeError::LengthTooLarge { .. })
        ),
        "{decoded:?}"
    );
    assert_within(used, of_elements::<Node>(0x7000));
}

#[test]
fn claims_inside_claims() {
    // A run of small lengths: vectors of vectors, every one with a few elements.
    for claim in 1..8 {
        let bytes = vec![claim; 20_000];

        let (used, decoded) = peak::<Node>(&bytes);

        assert!(decoded.is_err());
        assert_within(used, of_elements::<Node>(64));
        let (used, _) = peak::<Vec<Vec<Vec<u64>>>>(&bytes);
        assert_within(used, 2 * of_elements::<Vec<u64>>(20));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn arbitrary_bytes_cost_what_they_hold(bytes in collection::vec(0..12_u8, 0..3000)) {
        // Whatever it reads, each element took a byte of the payload.
        let (used, _) = peak::<Node>(&bytes);
        assert_within(used, of_elements::<Node>(bytes.len()));
        let (used, _) = peak::<Vec<Vec<u8>>>(&bytes);
        assert_within(used, of_elements::<Vec<u8>>(bytes.len()));
        let (used, _) = peak::<Vec<String>>(&bytes);
        assert_within(used, of_elements::<String>(bytes.len()) + of_blobs(bytes.len()));
        let (used, _) = peak::<HashMap<u16, Vec<u8>>>(&bytes);
        assert_within(used, of_hashed::<(u16, Vec<u8>)>(bytes.len()));
    }
}
