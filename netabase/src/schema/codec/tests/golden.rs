//! Bytes on the wire do not change.

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
};

use super::{
    encoded,
    shapes::{Borrowed, Bytes, Kind, Newtype, Numbers, Pair, Rich, Unit},
};
use crate::schema::codec::decode;

fn value() -> Rich {
    Rich {
        numbers: Numbers {
            unsigned: (0xff, 250, 251, 0x1_0000_0000, u128::MAX - 1, 65_536),
            signed: (-2, -126, 125, i64::MIN, i128::MIN, -1),
        },
        floats: (1.5, -0.25),
        flag: true,
        letter: 'é',
        text: "hej".to_owned(),
        bytes: Bytes(vec![0xde, 0xad]),
        nothing: None,
        something: Some(300),
        unit: (),
        unit_struct: Unit,
        newtype: Newtype(7),
        tuple: (9, "t".to_owned()),
        tuple_struct: Pair(-1, false),
        array: [1, 2, 3],
        sequence: vec![4, 70_000],
        map: BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]),
        variants: [
            Kind::Unit,
            Kind::Newtype(5),
            Kind::Tuple(6, 'z'),
            Kind::Struct { id: -3, name: "n".to_owned() },
        ],
        nested: vec![None, Some(Newtype(8))],
    }
}

#[rustfmt::skip]
const BYTES: &[u8] = &[
    // u8, u16, u32, u64, u128, usize
    0xff,
    250,
    0xfb, 0xfb, 0x00,
    0xfd, 0, 0, 0, 0, 1, 0, 0, 0,
    0xfe, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xfc, 0x00, 0x00, 0x01, 0x00,
    // i8, then zigzag: i16, i32, i64, i128, isize
    0xfe,
    0xfb, 0xfb, 0x00,
    250,
    0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    1,
    // f32, f64
    0x00, 0x00, 0xc0, 0x3f,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xd0, 0xbf,
    // bool, char, text, bytes
    1,
    0xc3, 0xa9,
    3, b'h', b'e', b'j',
    2, 0xde, 0xad,
    // None, Some(300)
    0,
    1, 0xfb, 0x2c, 0x01,
    // Units are nothing; newtype, tuple, tuple struct, array
    7,
    9, 1, b't',
    1, 0,
    1, 2, 3,
    // sequence, map
    2, 4, 0xfc, 0x70, 0x11, 0x01, 0x00,
    2, 1, b'a', 1, 1, b'b', 2,
    // variants: unit, newtype, tuple, struct
    0,
    1, 5,
    2, 6, b'z',
    3, 5, 1, b'n',
    // nested
    2, 0, 1, 8,
];

#[test]
fn every_shape_has_its_known_bytes() -> Result<(), Box<dyn Error>> {
    assert_eq!(encoded(&value())?, BYTES);
    assert_eq!(decode::<Rich>(BYTES)?, value());
    Ok(())
}

#[test]
fn the_entries_of_a_map_ascend_by_the_bytes_of_their_keys() -> Result<(), Box<dyn Error>> {
    // -1 is 1 as zigzag, 1 is 2, and 200 is 251 and two bytes more.
    let map = BTreeMap::from([(-1_i16, "a"), (0, "b"), (1, "c"), (200, "d")]);
    let bytes = [4, 0, 1, b'b', 1, 1, b'a', 2, 1, b'c', 0xfb, 0x90, 0x01, 1, b'd'];

    assert_eq!(encoded(&map)?, bytes);
    assert_eq!(decode::<BTreeMap<i16, &str>>(&bytes)?, map);

    let words = HashMap::from([("aa", "3"), ("b", "2"), ("a", "1")]);
    assert_eq!(encoded(&words)?, b"\x03\x01a\x011\x01b\x012\x02aa\x013");
    Ok(())
}

#[test]
fn the_known_bytes_are_those_of_bincode() -> Result<(), Box<dyn Error>> {
    let theirs = bincode::serde::encode_to_vec(value(), bincode::config::standard())?;

    assert_eq!(theirs, BYTES);
    Ok(())
}

#[test]
fn borrowed_text_and_bytes_point_into_the_payload() -> Result<(), Box<dyn Error>> {
    let payload = encoded(&Borrowed { text: "text", bytes: b"bytes" })?;

    let borrowed: Borrowed<'_> = decode(&payload)?;

    assert_eq!(borrowed, Borrowed { text: "text", bytes: b"bytes" });
    assert!(payload.as_ptr_range().contains(&borrowed.text.as_ptr()));
    assert!(payload.as_ptr_range().contains(&borrowed.bytes.as_ptr()));
    Ok(())
}
