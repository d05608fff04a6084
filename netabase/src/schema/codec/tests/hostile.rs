//! Bytes no honest peer sends. Each is refused for what it is.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Debug,
};

use serde::{Deserialize, Deserializer, de};

use super::{
    encoded, on_a_small_stack,
    shapes::{Borrowed, Bytes, Kind, Node, Tree, Unit},
};
use crate::schema::codec::{DecodeError, decode};

/// What these bytes are refused for, with little memory and a small stack.
#[track_caller]
fn refused<'de, T: Deserialize<'de> + Debug>(payload: &'de [u8]) -> DecodeError {
    on_a_small_stack(|| {
        let mut refused = None;
        let info = allocation_counter::measure(|| {
            refused = Some(decode::<T>(payload).expect_err("the bytes are refused"));
        });
        assert!(info.bytes_max <= 64 * 1024, "{} bytes were allocated", info.bytes_max);
        refused.expect("the measured closure ran")
    })
}

/// A length in the nine bytes a length that large takes.
fn length(len: u64) -> Vec<u8> {
    [&[0xfd], &len.to_le_bytes()[..]].concat()
}

#[test]
#[expect(clippy::zero_sized_map_values, reason = "that is what is tested")]
fn lengths_beyond_the_payload() {
    const LEN: u64 = 1 << 40;
    let too_large = DecodeError::LengthTooLarge { offset: 0, len: LEN };
    let bomb = length(LEN);

    assert_eq!(refused::<String>(&bomb), too_large);
    assert_eq!(refused::<&str>(&bomb), too_large);
    assert_eq!(refused::<Bytes>(&bomb), too_large);
    assert_eq!(refused::<&[u8]>(&bomb), too_large);
    assert_eq!(refused::<Vec<u8>>(&bomb), too_large);
    assert_eq!(refused::<Vec<()>>(&bomb), too_large);
    assert_eq!(refused::<Vec<Unit>>(&bomb), too_large);
    assert_eq!(refused::<Node>(&bomb), too_large);
    assert_eq!(refused::<HashMap<(), ()>>(&bomb), too_large);
    assert_eq!(refused::<HashSet<u64>>(&bomb), too_large);
    assert_eq!(refused::<BTreeMap<u8, u8>>(&bomb), too_large);
    assert_eq!(
        refused::<String>(&length(u64::MAX)),
        DecodeError::LengthTooLarge { offset: 0, len: u64::MAX }
    );
    assert_eq!(
        refused::<(u8, String)>(&[9, 3, b'a', b'b']),
        DecodeError::LengthTooLarge { offset: 1, len: 3 }
    );
}

#[test]
#[expect(clippy::zero_sized_map_values, reason = "that is what is tested")]
fn elements_that_take_no_bytes() {
    let mut bomb = vec![200];
    bomb.resize(300, 0);
    let zero_sized = DecodeError::ZeroSizedElement { offset: 1 };

    assert_eq!(refused::<Vec<()>>(&bomb), zero_sized);
    assert_eq!(refused::<Vec<Unit>>(&bomb), zero_sized);
    assert_eq!(refused::<Vec<[u64; 0]>>(&bomb), zero_sized);
    assert_eq!(refused::<HashMap<(), ()>>(&bomb), zero_sized);
    assert_eq!(refused::<BTreeMap<(), Unit>>(&bomb), zero_sized);
}

#[test]
fn nesting_16k_deep() {
    const DEEP: usize = 16 * 1024;
    #[derive(Debug, Deserialize)]
    struct Chain(#[expect(dead_code, reason = "only decoded")] Option<Box<Chain>>);
    #[derive(Debug, Deserialize)]
    struct Table(#[expect(dead_code, reason = "only decoded")] BTreeMap<u8, Table>);

    // Two levels a byte: the newtype, and what is in it.
    let ones = vec![1; DEEP];
    assert_eq!(refused::<Chain>(&ones), DecodeError::TooDeep { offset: 32 });
    assert_eq!(refused::<Node>(&ones), DecodeError::TooDeep { offset: 32 });
    assert_eq!(refused::<Table>(&ones), DecodeError::TooDeep { offset: 64 });
    // One level a byte: the variant `Wrapped`; `Maybe` and a `Some`; `Many` and a length.
    assert_eq!(refused::<Tree>(&vec![2; DEEP]), DecodeError::TooDeep { offset: 65 });
    assert_eq!(refused::<Tree>(&[5, 1].repeat(DEEP)), DecodeError::TooDeep { offset: 65 });
    assert_eq!(refused::<Tree>(&[6, 1].repeat(DEEP)), DecodeError::TooDeep { offset: 65 });
}

#[test]
fn truncation_at_every_offset() {
    type Value =
        ((u64, i16, f32, char, bool), (String, Kind, Option<u16>), Vec<Tree>, BTreeMap<u8, String>);

    let value = (
        (1_u64 << 40, -7_i16, 0.5_f32, 'ö', true),
        ("text", Kind::Struct { id: 1 << 20, name: "name".to_owned() }, Some(300_u16)),
        vec![Tree::Number(-1), Tree::Pair(Box::default(), Box::default())],
        BTreeMap::from([(1_u8, "a"), (2, "b")]),
    );
    let bytes = encoded(&value).expect("the value is fine");
    assert!(decode::<Value>(&bytes).is_ok());

    for cut in 0..bytes.len() {
        let refused = decode::<Value>(&bytes[..cut]);

        assert!(
            matches!(
                refused,
                Err(DecodeError::UnexpectedEnd { offset } | DecodeError::LengthTooLarge { offset, .. })
                    if offset <= cut
            ),
            "{refused:?} when cut at {cut}"
        );
    }
}

#[test]
fn bytes_after_the_value() {
    assert_eq!(refused::<u8>(&[1, 2, 3]), DecodeError::TrailingBytes { offset: 1, count: 2 });
    assert_eq!(refused::<()>(&[0]), DecodeError::TrailingBytes { offset: 0, count: 1 });
    assert_eq!(
        refused::<String>(&[1, b'a', b'b']),
        DecodeError::TrailingBytes { offset: 2, count: 1 }
    );
}

#[test]
fn integers_longer_than_needed() {
    let long = DecodeError::NonCanonicalInteger { offset: 0 };

    assert_eq!(refused::<u16>(&[0xfb, 250, 0]), long);
    assert_eq!(refused::<u32>(&[0xfb, 5, 0]), long);
    assert_eq!(refused::<u32>(&[0xfc, 0xff, 0xff, 0, 0]), long);
    assert_eq!(refused::<u64>(&[0xfd, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), long);
    assert_eq!(refused::<usize>(&[0xfb, 0, 0]), long);
    assert_eq!(refused::<u128>(&[&[0xfe][..], &u64::MAX.to_le_bytes(), &[0; 8]].concat()), long);
    assert_eq!(refused::<i16>(&[0xfb, 250, 0]), long);
    assert_eq!(refused::<i32>(&[0xfc, 1, 0, 0, 0]), long);
    assert_eq!(refused::<i64>(&[0xfb, 0, 0]), long);
    assert_eq!(refused::<i128>(&[&[0xfe][..], &[1; 8], &[0; 8]].concat()), long);
    // Lengths and tags are integers too.
    assert_eq!(refused::<String>(&[0xfb, 1, 0, b'a']), long);
    assert_eq!(refused::<Bytes>(&[0xfb, 1, 0, b'a']), long);
    assert_eq!(refused::<Vec<u8>>(&[0xfc, 1, 0, 0, 0, 7]), long);
    assert_eq!(refused::<HashSet<u8>>(&[0xfb, 1, 0, 7]), long);
    assert_eq!(refused::<Kind>(&[0xfb, 0, 0]), long);
    assert_eq!(
        refused::<(u8, Kind)>(&[9, 0xfb, 0, 0]),
        DecodeError::NonCanonicalInteger { offset: 1 }
    );
}

#[test]
fn integers_too_wide_for_their_type() {
    let wide = DecodeError::IntegerTooWide { offset: 0 };

    assert_eq!(refused::<u16>(&[0xfc, 0, 0, 1, 0]), wide);
    assert_eq!(refused::<i32>(&[0xfd, 0, 0, 0, 0, 1, 0, 0, 0]), wide);
    assert_eq!(refused::<u64>(&[0xfe; 17]), wide);
    assert_eq!(refused::<u128>(&[0xff; 17]), wide, "a tag that means nothing");
    assert_eq!(refused::<String>(&[0xff; 17]), wide);
    assert_eq!(refused::<Kind>(&[0xfd; 17]), wide);
}

#[test]
fn values_their_types_do_not_have() {
    assert_eq!(refused::<(u8, bool)>(&[0, 2]), DecodeError::InvalidBool { offset: 1, found: 2 });
    assert_eq!(
        refused::<(u8, Option<u8>)>(&[0, 2, 0]),
        DecodeError::InvalidOption { offset: 1, found: 2 }
    );
    assert_eq!(
        refused::<(u8, &str)>(&[0, 4, b'a', b'b', 0xff, b'c']),
        DecodeError::InvalidUtf8 { offset: 4 }
    );
    assert_eq!(refused::<String>(&[1, 0xc3]), DecodeError::InvalidUtf8 { offset: 1 });
    for invalid in [
        &[0x80][..],
        &[0xc0, 0x80],
        &[0xe0, 0x80, 0x80],
        &[0xed, 0xa0, 0x80],
        &[0xf5, 0x80, 0x80, 0x80],
    ] {
        assert_eq!(refused::<char>(invalid), DecodeError::InvalidChar { offset: 0 });
    }
    assert!(
        matches!(refused::<Kind>(&[4]), DecodeError::Custom(text) if text.contains("variant index")),
        "serde's own words are kept"
    );
}

#[test]
fn types_that_ask_the_bytes_what_they_are() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        #[expect(dead_code, reason = "only decoded")]
        Number(u8),
    }
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        #[expect(dead_code, reason = "only decoded")]
        Number { value: u8 },
    }

    assert_eq!(refused::<Untagged>(&[0, 1]), DecodeError::NotSelfDescribing);
    assert_eq!(refused::<Tagged>(&[0, 1]), DecodeError::NotSelfDescribing);
    assert_eq!(refused::<de::IgnoredAny>(&[0, 1]), DecodeError::NotSelfDescribing);
}

#[test]
fn the_text_of_the_types_own_error_is_kept() {
    #[derive(Debug)]
    struct Even;
    impl<'de> Deserialize<'de> for Even {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            match u8::deserialize(deserializer)? % 2 {
                0 => Ok(Self),
                _ => Err(de::Error::custom("odd")),
            }
        }
    }

    assert_eq!(refused::<Even>(&[3]), DecodeError::Custom("odd".to_owned()));
}

#[test]
fn a_sequence_its_type_does_not_finish() {
    #[derive(Debug)]
    struct First;
    impl<'de> Deserialize<'de> for First {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> de::Visitor<'de> for Visitor {
                type Value = First;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a sequence")
                }

                fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<First, A::Error> {
                    seq.next_element::<u8>()?;
                    Ok(First)
                }
            }
            deserializer.deserialize_seq(Visitor)
        }
    }

    assert_eq!(
        refused::<First>(&[3, 0, 0, 0]),
        DecodeError::UnreadElements { offset: 2, count: 2 }
    );
}

#[test]
fn an_alias_is_not_another_field() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Renamed {
        #[serde(alias = "old", alias = "older")]
        new: u8,
    }

    assert_eq!(decode(&[7]), Ok(Renamed { new: 7 }));
    assert_eq!(refused::<Renamed>(&[7, 7]), DecodeError::TrailingBytes { offset: 1, count: 1 });
}

#[test]
fn an_error_is_three_words() {
    // It is in the result of every level of a value.
    assert!(size_of::<DecodeError>() <= 24);
}

#[test]
fn borrowed_values_are_checked_as_well() {
    assert_eq!(
        refused::<Borrowed<'_>>(&[1, b'a', 2, 0]),
        DecodeError::LengthTooLarge { offset: 2, len: 2 }
    );
}
