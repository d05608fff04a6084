//! One value has one encoding: equal values have equal bytes, and no other bytes are read.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

use proptest::{collection, prelude::*, test_runner::TestCaseResult};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::encoded;
use crate::schema::codec::{DecodeError, EncodeError, decode};

/// Every shape that a map can stand in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Maps {
    plain: HashMap<u32, String>,
    nested: HashMap<String, HashMap<i64, Vec<u8>>>,
    optional: Option<HashMap<(u8, bool), bool>>,
    variants: Vec<Variant>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Variant {
    Map(HashMap<char, i16>),
    Named { map: HashMap<Vec<u8>, Option<u64>> },
}

fn variant() -> impl Strategy<Value = Variant> {
    prop_oneof![
        collection::hash_map(any::<char>(), any::<i16>(), 0..6).prop_map(Variant::Map),
        collection::hash_map(collection::vec(any::<u8>(), 0..3), any::<Option<u64>>(), 0..6)
            .prop_map(|map| Variant::Named { map }),
    ]
}

fn maps() -> impl Strategy<Value = Maps> {
    let inner = collection::hash_map(any::<i64>(), collection::vec(any::<u8>(), 0..3), 0..6);
    (
        collection::hash_map(any::<u32>(), ".{0,3}", 0..12),
        collection::hash_map(".{0,3}", inner, 0..6),
        proptest::option::of(collection::hash_map(any::<(u8, bool)>(), any::<bool>(), 0..6)),
        collection::vec(variant(), 0..3),
    )
        .prop_map(|(plain, nested, optional, variants)| Maps {
            plain,
            nested,
            optional,
            variants,
        })
}

/// The same value with other hash tables, which are walked in other orders.
fn rebuilt(maps: &Maps) -> Maps {
    fn again<K: Clone + Eq + std::hash::Hash, V: Clone>(map: &HashMap<K, V>) -> HashMap<K, V> {
        let mut entries: Vec<_> = map.clone().into_iter().collect();
        entries.reverse();
        let mut other = HashMap::with_capacity(entries.len() * 7);
        other.extend(entries);
        other
    }
    let nested = maps.nested.iter().map(|(key, inner)| (key.clone(), again(inner))).collect();
    let variants = maps.variants.iter().map(|variant| match variant {
        Variant::Map(map) => Variant::Map(again(map)),
        Variant::Named { map } => Variant::Named { map: again(map) },
    });
    Maps {
        plain: again(&maps.plain),
        nested: again(&nested),
        optional: maps.optional.as_ref().map(again),
        variants: variants.collect(),
    }
}

fn bytes_of<T: Serialize>(value: &T) -> Result<Vec<u8>, TestCaseError> {
    encoded(value).map_err(|error| TestCaseError::fail(error.to_string()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn equal_values_have_equal_payloads(maps in maps()) {
        let other = rebuilt(&maps);
        prop_assert_eq!(&maps, &other);

        prop_assert_eq!(bytes_of(&maps)?, bytes_of(&other)?);
    }

    /// Whatever decodes has been encoded: the bytes are the ones that its value has.
    #[test]
    fn bytes_that_decode_are_those_of_their_value(
        maps in maps(),
        flips in collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = bytes_of(&maps)?;
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(decoded) = decode::<Maps>(&bytes) {
            prop_assert_eq!(bytes_of(&decoded)?, bytes);
        }
    }

    #[test]
    fn a_hash_map_has_the_bytes_of_a_b_tree(map in collection::btree_map(any::<u64>(), ".{0,3}", 0..40)) {
        let hashed: HashMap<_, _> = map.clone().into_iter().collect();

        prop_assert_eq!(bytes_of(&hashed)?, bytes_of(&map)?);
    }

    #[test]
    fn durations_have_one_encoding(seconds in any::<u64>(), nanos in any::<u32>()) {
        has_one_encoding::<Duration>(seconds, nanos)?;
    }

    #[test]
    fn times_have_one_encoding(seconds in 0..i64::MAX.cast_unsigned(), nanos in any::<u32>()) {
        has_one_encoding::<SystemTime>(seconds, nanos)?;
    }
}

fn has_one_encoding<T>(seconds: u64, nanos: u32) -> TestCaseResult
where
    T: Serialize + serde::de::DeserializeOwned + std::fmt::Debug + PartialEq,
{
    let bytes = bytes_of(&(7_u8, seconds, nanos))?;

    let decoded = decode::<(u8, T)>(&bytes);

    if nanos < 1_000_000_000 {
        prop_assert_eq!(
            bytes_of(&decoded.map_err(|error| TestCaseError::fail(error.to_string()))?)?,
            bytes
        );
    } else {
        prop_assert_eq!(decoded, Err(DecodeError::NonCanonicalTime { offset: 1 }));
    }
    Ok(())
}

#[test]
fn a_map_that_does_not_ascend_is_refused() {
    for (bytes, offset) in [
        // 2 before 1; 1 twice; 250 before 251, whose tag is larger, and 256 behind 65,535 by its bytes.
        (&[2, 2, 0, 1, 0][..], 3),
        (&[2, 1, 0, 1, 0], 3),
        (&[2, 251, 251, 0, 0, 250, 0], 5),
        (&[2, 251, 255, 255, 0, 251, 0, 1, 0], 5),
    ] {
        let refused = Err(DecodeError::UnsortedMap { offset });
        assert_eq!(decode::<HashMap<u16, u8>>(bytes), refused, "{bytes:?}");
        assert_eq!(decode::<BTreeMap<u16, u8>>(bytes).map(|_| HashMap::new()), refused);
    }
}

#[test]
fn a_map_with_a_key_twice_cannot_be_written() {
    struct Twice;
    impl Serialize for Twice {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(3))?;
            map.serialize_entry("b", &1_u8)?;
            map.serialize_entry("a", &2_u8)?;
            map.serialize_entry("b", &3_u8)?;
            map.end()
        }
    }

    assert_eq!(encoded(&Twice), Err(EncodeError::RepeatedMapKey));
}

#[test]
fn a_type_that_only_looks_like_a_duration_has_its_own_rules()
-> Result<(), Box<dyn std::error::Error>> {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Duration {
        secs: String,
        nanos: u64,
    }
    let value = Duration { secs: "long".to_owned(), nanos: u64::MAX };

    assert_eq!(decode::<Duration>(&encoded(&value)?)?, value);
    Ok(())
}
