//! The bytes of every type, as they are on the wire: a change here breaks stored keys.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use netabase::{KeyError, KeyWriter, NetabaseSchemaKey};
use uuid::Uuid;

use super::tree::Tree;

/// Checks that the keys have these bytes, in hexadecimal, and that the bytes are these keys'.
#[track_caller]
fn golden<K: NetabaseSchemaKey>(vectors: &[(K, &str)]) {
    for (key, hex) in vectors {
        let bytes = from_hex(hex);
        assert_eq!(K::from_key_bytes(&bytes).as_ref(), Ok(key), "key of {hex}");
        assert_eq!(key.to_key_bytes(), Ok(bytes), "bytes of {key:?}");
    }
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits = hex.replace(' ', "");
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two hexadecimal digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

#[test]
fn unsigned_integers_are_big_endian() {
    golden::<u8>(&[(0, "00"), (1, "01"), (u8::MAX, "ff")]);
    golden::<u16>(&[(1, "0001"), (0x1234, "1234")]);
    golden::<u32>(&[(1, "00000001"), (0x1234_5678, "12345678")]);
    golden::<u64>(&[(1, "0000000000000001"), (u64::MAX, "ffffffffffffffff")]);
    golden::<u128>(&[(0x1234, "00000000000000000000000000001234")]);
}

#[test]
fn signed_integers_have_the_sign_bit_flipped() {
    golden::<i8>(&[(i8::MIN, "00"), (-1, "7f"), (0, "80"), (1, "81"), (i8::MAX, "ff")]);
    golden::<i16>(&[(i16::MIN, "0000"), (-1, "7fff"), (0x1234, "9234")]);
    golden::<i32>(&[(-1, "7fffffff"), (0, "80000000")]);
    golden::<i64>(&[(-2, "7ffffffffffffffe"), (i64::MAX, "ffffffffffffffff")]);
    golden::<i128>(&[(i128::MIN, "00000000000000000000000000000000")]);
    golden::<i128>(&[(1, "80000000000000000000000000000001")]);
}

#[test]
fn bool_is_one_byte_and_char_three() {
    golden(&[(false, "00"), (true, "01")]);
    golden(&[('\0', "000000"), ('a', "000061"), ('€', "0020ac"), (char::MAX, "10ffff")]);
}

#[test]
fn text_and_bytes_are_escaped_and_terminated() {
    golden::<String>(&[
        (String::new(), "00"),
        ("EGLL".into(), "45474c4c 00"),
        ("é".into(), "c3a9 00"),
        ("a\0b\u{1}".into(), "61 0100 62 0101 00"),
        (
            "longer than one chunk of sixteen\0".into(),
            concat!("6c6f6e676572207468616e206f6e65206368756e6b206f66207369787465656e", "0100 00",),
        ),
    ]);
    golden::<Vec<u8>>(&[
        (vec![], "00"),
        (vec![0], "0100 00"),
        (vec![1], "0101 00"),
        (vec![0, 1, 2, 0xff], "0100 0101 02 ff 00"),
    ]);
}

#[test]
fn byte_arrays_and_uuids_are_raw() {
    golden(&[([], "")] as &[([u8; 0], _)]);
    golden(&[([0_u8, 1, 0xff], "0001ff")]);
    golden(&[(Uuid::from_u128(0x1234), "00000000000000000000000000001234")]);
}

#[test]
fn tuples_and_arrays_are_their_parts() {
    golden(&[((7_u16,), "0007")]);
    golden(&[(("IS".to_owned(), 7_u8), "4953 00 07")]);
    golden(&[([1_i8, -1], "81 7f")]);
    golden(&[(["a".to_owned(), String::new()], "61 00 00")]);
    golden(&[(
        (1_u8, 2_u8, 3_u8, 4_u8, 5_u8, 6_u8, 7_u8, 8_u8, 9_u8, 10_u8, 11_u8, 12_u8),
        "0102030405060708090a0b0c",
    )]);
}

#[test]
fn options_boxes_and_vectors() {
    golden(&[(None, "00"), (Some(7_u16), "01 0007")]);
    golden(&[(Some(None), "01 00"), (Some(Some(true)), "01 01 01")]);
    golden(&[(Box::new(7_u16), "0007")]);
    golden::<Vec<u16>>(&[(vec![], "00"), (vec![1, 2], "01 0001 01 0002 00")]);
    golden::<Vec<String>>(&[(vec!["a".into(), String::new()], "01 61 00 01 00 00")]);
    golden::<Vec<Vec<u8>>>(&[(vec![vec![0], vec![]], "01 0100 00 01 00 00")]);
}

#[test]
fn durations_are_seconds_and_nanoseconds() {
    golden(&[
        (Duration::ZERO, "0000000000000000 00000000"),
        (Duration::new(1, 500_000_000), "0000000000000001 1dcd6500"),
        (Duration::MAX, "ffffffffffffffff 3b9ac9ff"),
    ]);
}

#[test]
fn times_are_floored_seconds_and_nanoseconds() {
    let half = Duration::from_millis(500);
    golden::<SystemTime>(&[
        (UNIX_EPOCH, "8000000000000000 00000000"),
        (UNIX_EPOCH + half, "8000000000000000 1dcd6500"),
        (UNIX_EPOCH - half, "7fffffffffffffff 1dcd6500"),
        (UNIX_EPOCH - Duration::from_secs(1), "7fffffffffffffff 00000000"),
    ]);
}

#[test]
fn enums_are_an_ordinal_and_their_fields() {
    let leaf = || Box::new(Tree::Leaf(9));
    golden(&[
        (Tree::Leaf(9), "00 09"),
        (Tree::Boxed(leaf()), "01 00 09"),
        (Tree::Children(vec![Tree::Leaf(9), Tree::Leaf(8)]), "02 01 00 09 01 00 08 00"),
        (Tree::Fork { left: None, right: Some(leaf()) }, "03 00 01 00 09"),
    ]);
}

#[test]
fn a_prefix_is_the_bytes_without_the_terminator() -> Result<(), KeyError> {
    let mut prefix = b"before".to_vec();
    let mut out = KeyWriter::new(&mut prefix);
    out.escaped_prefix(b"a\0b");
    out.finish()?;

    assert_eq!(prefix, b"beforea\x01\0b");
    Ok(())
}

#[test]
fn sorted_bytes_are_sorted_keys() -> Result<(), KeyError> {
    let words =
        ["", "\0", "\0\0", "\0\u{1}", "\u{1}", "\u{1}\0", "a", "a\0", "a\u{1}", "aa", "b", "é"];

    let sorted: BTreeSet<Vec<u8>> =
        words.iter().rev().map(|word| word.to_string().to_key_bytes()).collect::<Result<_, _>>()?;

    let decoded = sorted.iter().map(|bytes| String::from_key_bytes(bytes));
    assert_eq!(decoded.collect::<Result<Vec<_>, _>>()?, words);
    Ok(())
}
