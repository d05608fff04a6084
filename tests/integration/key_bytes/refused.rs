//! Bytes that are no key: each is an error that says why.

use std::{
    fmt::Debug,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use netabase::{KeyError, NetabaseSchemaKey};
use uuid::Uuid;

use super::tree::Tree;

#[track_caller]
fn refused<K: NetabaseSchemaKey>(bytes: &[u8], expected: &KeyError) {
    assert_eq!(K::from_key_bytes(bytes).as_ref(), Err(expected), "{bytes:02x?}");
}

const NO_FLAG: &str = "0x00 or 0x01";
const NO_ESCAPE: &str = "0x00 or 0x01 after the escape 0x01";

fn invalid(byte: u8, expected: &'static str) -> KeyError {
    KeyError::InvalidByte { byte, expected }
}

#[test]
fn bytes_that_stand_for_nothing() {
    refused::<bool>(&[2], &invalid(2, NO_FLAG));
    refused::<Option<u8>>(&[2], &invalid(2, NO_FLAG));
    refused::<Option<u8>>(&[0xff, 0], &invalid(0xff, NO_FLAG));
    refused::<Vec<u16>>(&[1, 0, 7, 2], &invalid(2, NO_FLAG));
    refused::<(u8, Vec<bool>)>(&[9, 1, 3], &invalid(3, NO_FLAG));
    refused::<Tree>(&[4, 0], &KeyError::InvalidOrdinal { ordinal: 4, variants: 4 });
    refused::<Tree>(&[1, 255], &KeyError::InvalidOrdinal { ordinal: 255, variants: 4 });
}

#[test]
fn escapes_of_bytes_that_need_none() {
    refused::<String>(&[1, 2, 0], &invalid(2, NO_ESCAPE));
    refused::<Vec<u8>>(&[b'a', 1, 0xff, 0], &invalid(0xff, NO_ESCAPE));
    refused::<Vec<u8>>(&[1, 0, 1, b'a', 0], &invalid(b'a', NO_ESCAPE));
}

#[test]
fn characters_that_are_none() {
    refused::<char>(&[0, 0xd8, 0], &KeyError::InvalidChar { code: 0xd800 });
    refused::<char>(&[0, 0xdf, 0xff], &KeyError::InvalidChar { code: 0xdfff });
    refused::<char>(&[0x11, 0, 0], &KeyError::InvalidChar { code: 0x11_0000 });
    refused::<char>(&[0xff; 3], &KeyError::InvalidChar { code: 0xff_ffff });
}

#[test]
fn text_that_is_not_utf8() {
    let surrogate = [0xed, 0xa0, 0x80];
    for bytes in [&[0xff, 0][..], &[0xc3, 0], &[0xc0, 0x80, 0], &[&surrogate[..], &[0]].concat()] {
        let error = String::from_key_bytes(bytes);
        assert!(matches!(error, Err(KeyError::NotUtf8 { .. })), "{bytes:02x?}: {error:?}");
    }
}

#[test]
fn a_second_or_more_of_nanoseconds() {
    for nanos in [1_000_000_000_u32, 1_000_000_001, u32::MAX] {
        let bytes = [&[0x80, 0, 0, 0, 0, 0, 0, 0][..], &nanos.to_be_bytes()].concat();
        refused::<Duration>(&bytes, &KeyError::InvalidNanos { nanos });
        refused::<SystemTime>(&bytes, &KeyError::InvalidNanos { nanos });
    }
    // What the seconds could not carry.
    refused::<Duration>(&[0xff; 12], &KeyError::InvalidNanos { nanos: u32::MAX });
}

#[test]
fn times_at_the_ends_are_exact_or_refused() {
    let seconds = [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX];
    for (seconds, nanos) in seconds.into_iter().flat_map(|s| [(s, 0_u32), (s, 999_999_999)]) {
        let bytes = [(seconds ^ i64::MIN).to_be_bytes().as_slice(), &nanos.to_be_bytes()].concat();
        match SystemTime::from_key_bytes(&bytes) {
            Ok(time) => assert_eq!(time.to_key_bytes(), Ok(bytes)),
            Err(error) => assert_eq!(error, KeyError::TimeOutOfRange, "{seconds} s {nanos} ns"),
        }
    }
}

#[test]
fn the_times_a_platform_can_hold_have_bytes_or_a_typed_error() {
    let powers = || (0..64).rev().map(|bit| Duration::from_secs(1 << bit));
    // As far from the epoch as the platform's clock counts, in both directions.
    let last = powers().fold(UNIX_EPOCH, |time, step| time.checked_add(step).unwrap_or(time));
    let first = powers().fold(UNIX_EPOCH, |time, step| time.checked_sub(step).unwrap_or(time));
    for time in [first, last] {
        match time.to_key_bytes() {
            Ok(bytes) => assert_eq!(SystemTime::from_key_bytes(&bytes), Ok(time)),
            Err(error) => assert_eq!(error, KeyError::TimeOutOfRange),
        }
    }
}

/// Every proper start of a key's bytes is truncated, and one byte more is one too many.
#[track_caller]
fn refused_at_every_length<K: NetabaseSchemaKey + Debug>(key: &K) -> Result<(), KeyError> {
    let mut bytes = key.to_key_bytes()?;
    for len in 0..bytes.len() {
        refused::<K>(&bytes[..len], &KeyError::Truncated);
    }
    for extra in [0, 1, 0xff] {
        bytes.push(extra);
        refused::<K>(&bytes, &KeyError::TrailingBytes { count: 1 });
        bytes.pop();
    }
    Ok(())
}

#[test]
fn truncated_and_trailing_bytes_at_every_length() -> Result<(), KeyError> {
    refused_at_every_length(&7_u8)?;
    refused_at_every_length(&7_u16)?;
    refused_at_every_length(&7_u32)?;
    refused_at_every_length(&7_u64)?;
    refused_at_every_length(&7_u128)?;
    refused_at_every_length(&-7_i8)?;
    refused_at_every_length(&-7_i16)?;
    refused_at_every_length(&-7_i32)?;
    refused_at_every_length(&-7_i64)?;
    refused_at_every_length(&-7_i128)?;
    refused_at_every_length(&true)?;
    refused_at_every_length(&'é')?;
    refused_at_every_length(&"\0 a text longer than one chunk \u{1}".to_owned())?;
    refused_at_every_length(&vec![0_u8, 1, 2])?;
    refused_at_every_length(&[1_u8, 2, 3])?;
    refused_at_every_length(&[1_u16, 2, 3])?;
    refused_at_every_length(&[0_u16; 0])?;
    refused_at_every_length(&Uuid::from_u128(7))?;
    refused_at_every_length(&Duration::new(7, 7))?;
    refused_at_every_length(&(UNIX_EPOCH + Duration::from_secs(7)))?;
    refused_at_every_length(&Some("a".to_owned()))?;
    refused_at_every_length(&vec![vec![0_u8], vec![1]])?;
    refused_at_every_length(&vec![Some(1_u16), None])?;
    refused_at_every_length(&Box::new((1_u8, "a\0".to_owned(), Some(true))))?;
    refused_at_every_length(&Tree::Children(vec![Tree::Leaf(0), Tree::Children(vec![])]))
}

#[test]
fn errors_read_well() {
    let text = |error: KeyError| error.to_string();
    assert_eq!(text(KeyError::TrailingBytes { count: 2 }), "2 trailing bytes after the key");
    assert_eq!(
        text(KeyError::TooLong),
        "key takes more than 1024 bytes, where text and bytes take one more than they have, and one more for each \
         0x00 and 0x01 in them; shorten it, or use a hash of it"
    );
    assert_eq!(text(KeyError::TooDeep), "key is nested deeper than 16 levels; use a flatter type");
    assert_eq!(text(invalid(2, NO_FLAG)), "invalid byte 0x02 in a key: expected 0x00 or 0x01");
    assert_eq!(text(KeyError::InvalidChar { code: 0xd800 }), "invalid character 0xd800 in a key");
}
