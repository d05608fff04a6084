//! What `encode` refuses, and what it leaves behind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer, ser};

use super::{encoded, shapes::Unit};
use crate::schema::codec::{EncodeError, encode};

#[test]
fn the_payload_is_appended() -> Result<(), EncodeError> {
    let mut out = b"header".to_vec();

    encode("abc", &mut out, 4)?;

    assert_eq!(out, b"header\x03abc");
    Ok(())
}

#[test]
fn a_payload_of_exactly_the_limit_fits() {
    let mut out = Vec::new();
    let value = (1_u8, "abc", 300_u16);
    assert_eq!(encode(&value, &mut out, 8), Ok(()));

    for max in 0..8 {
        let mut out = b"kept".to_vec();

        let refused = encode(&value, &mut out, max);

        assert_eq!(refused, Err(EncodeError::TooLarge { max }));
        assert_eq!(out, b"kept", "nothing is left of the value");
    }
}

#[test]
fn encoding_stops_at_the_limit() {
    let mut out = Vec::new();
    let huge = "x".repeat(1 << 20);

    let refused = encode(&huge, &mut out, 1000);

    assert_eq!(refused, Err(EncodeError::TooLarge { max: 1000 }));
    assert!(out.capacity() <= 1000, "the text was not even copied");
}

#[test]
#[expect(clippy::zero_sized_map_values, reason = "that is what is tested")]
fn elements_without_bytes_are_refused() {
    assert_eq!(encoded(&[(); 2][..]), Err(EncodeError::ZeroSizedElement));
    assert_eq!(encoded(&[Unit][..]), Err(EncodeError::ZeroSizedElement));
    assert_eq!(encoded(&BTreeMap::from([((), ())])), Err(EncodeError::ZeroSizedElement));
}

#[test]
#[expect(clippy::zero_sized_map_values, reason = "that is what is tested")]
fn units_are_welcome_where_they_are_not_counted() {
    assert_eq!(encoded(&((), Unit, [(); 3], Vec::<()>::new(), Some(()))), Ok(vec![0, 1]));
    assert_eq!(encoded(&BTreeMap::from([((), 7_u8)])), Ok(vec![1, 7]));
    assert_eq!(encoded(&BTreeMap::from([(7_u8, ())])), Ok(vec![1, 7]));
}

#[test]
fn a_skipped_field_is_refused_because_the_decoder_expects_it() {
    #[derive(Serialize)]
    struct Profile {
        #[serde(skip_serializing_if = "Option::is_none")]
        nick: Option<u8>,
        #[serde(skip)]
        _cache: u64,
    }

    let refused = encoded(&Profile { nick: None, _cache: 1 });

    assert_eq!(refused, Err(EncodeError::SkippedField { field: "nick" }));
    assert_eq!(encoded(&Profile { nick: Some(3), _cache: 1 }), Ok(vec![1, 3]));
}

#[test]
fn a_flattened_struct_is_refused() {
    #[derive(Serialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Serialize, Deserialize)]
    struct Inner {
        id: u8,
    }

    assert_eq!(encoded(&Outer { inner: Inner { id: 1 } }), Err(EncodeError::UnknownLength));
}

#[test]
fn a_sequence_that_lies_about_its_length_is_refused() {
    struct Liar;
    impl Serialize for Liar {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use ser::SerializeSeq as _;
            let mut sequence = serializer.serialize_seq(Some(3))?;
            sequence.serialize_element(&1_u8)?;
            sequence.end()
        }
    }

    assert_eq!(encoded(&Liar), Err(EncodeError::LengthMismatch { announced: 3, written: 1 }));
}

#[test]
fn the_text_of_the_types_own_error_is_kept() {
    struct Moody;
    impl Serialize for Moody {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(ser::Error::custom("not today"))
        }
    }

    let refused = encoded(&(1_u8, Moody));

    assert_eq!(refused, Err(EncodeError::Custom("not today".to_owned())));
}
