//! A key is at most 1,024 bytes long and 16 levels deep, written or read.

use netabase::{KeyError, KeyReader, KeyWriter, MAX_KEY_BYTES, MAX_KEY_DEPTH, NetabaseSchemaKey};
use proptest::collection::vec;

use super::{
    properties,
    tree::{Careless, Tree},
};

#[test]
fn a_key_of_the_greatest_length_is_written_and_read() {
    let longest = "a".repeat(MAX_KEY_BYTES - 1);
    let bytes = longest.to_key_bytes();
    assert_eq!(bytes.as_ref().map(Vec::len), Ok(MAX_KEY_BYTES));
    assert_eq!(bytes.and_then(|bytes| String::from_key_bytes(&bytes)), Ok(longest));
}

#[test]
fn a_longer_key_is_not_written() {
    let too_long = Err(KeyError::TooLong);
    assert_eq!("a".repeat(MAX_KEY_BYTES).to_key_bytes(), too_long);
    assert_eq!("\0".repeat(MAX_KEY_BYTES / 2).to_key_bytes(), too_long);
    assert_eq!(vec![0_u8; 100 << 20].to_key_bytes(), too_long);
    assert_eq!(vec![0_u64; 1 << 20].to_key_bytes(), too_long);
    assert_eq!([0_u8; MAX_KEY_BYTES + 1].to_key_bytes(), too_long);
    assert_eq!(("a".repeat(MAX_KEY_BYTES - 1), 7_u8).to_key_bytes(), too_long);
}

#[test]
fn longer_bytes_are_not_read() {
    let mut bytes = vec![b'a'; MAX_KEY_BYTES];
    bytes.push(0);
    assert_eq!(String::from_key_bytes(&bytes), Err(KeyError::TooLong));
    assert_eq!(u8::from_key_bytes(&bytes), Err(KeyError::TooLong));
    assert_eq!(<[u8; 0]>::from_key_bytes(&bytes), Err(KeyError::TooLong));
    assert_eq!(<[u8; MAX_KEY_BYTES + 1]>::from_key_bytes(&bytes), Err(KeyError::TooLong));
}

#[test]
fn a_refused_key_leaves_the_vector_as_it_was() {
    let mut bytes = b"before".to_vec();
    let mut out = KeyWriter::new(&mut bytes);
    out.escaped(b"a start");
    out.raw(&[0; MAX_KEY_BYTES]);
    out.raw(b"ignored");
    assert_eq!(out.finish(), Err(KeyError::TooLong));
    assert_eq!(bytes, b"before");
}

#[test]
fn the_first_error_stays() {
    let mut bytes = Vec::new();
    let mut out = KeyWriter::new(&mut bytes);
    out.fail(KeyError::Invalid { expected: "a prime" });
    out.raw(&[0; MAX_KEY_BYTES + 1]);
    out.fail(KeyError::TimeOutOfRange);
    assert_eq!(out.finish(), Err(KeyError::Invalid { expected: "a prime" }));
}

#[test]
fn what_the_vector_held_does_not_count() {
    let mut bytes = vec![9; 3 * MAX_KEY_BYTES];
    let mut out = KeyWriter::new(&mut bytes);
    out.raw(&[7; MAX_KEY_BYTES]);
    assert_eq!(out.finish(), Ok(()));
    assert_eq!(bytes.len(), 4 * MAX_KEY_BYTES);
}

/// Goes down `levels` levels, and says how far it came.
fn write_nested(out: &mut KeyWriter<'_>, levels: u8) {
    if levels > 0 {
        out.nested(|out| write_nested(out, levels - 1));
    } else {
        out.raw(&[7]);
    }
}

fn read_nested(input: &mut KeyReader<'_>, levels: u8) -> Result<u8, KeyError> {
    if levels > 0 { input.nested(|input| read_nested(input, levels - 1)) } else { input.byte() }
}

#[test]
fn depth_is_limited_alike_for_writing_and_reading() {
    let write = |levels| {
        let mut bytes = Vec::new();
        let mut out = KeyWriter::new(&mut bytes);
        write_nested(&mut out, levels);
        out.finish().map(|()| bytes)
    };
    let read = |levels| read_nested(&mut KeyReader::new(&[7]), levels);

    assert_eq!(write(MAX_KEY_DEPTH), Ok(vec![7]));
    assert_eq!(read(MAX_KEY_DEPTH), Ok(7));
    assert_eq!(write(MAX_KEY_DEPTH + 1), Err(KeyError::TooDeep));
    assert_eq!(read(MAX_KEY_DEPTH + 1), Err(KeyError::TooDeep));
}

#[test]
fn siblings_are_on_one_level() -> Result<(), KeyError> {
    let children = Tree::Children(vec![Tree::Boxed(Box::new(Tree::Leaf(7))); 200]);
    let bytes = children.to_key_bytes()?;
    assert_eq!(Tree::from_key_bytes(&bytes)?, children);
    Ok(())
}

#[test]
fn every_way_to_recurse_ends_at_the_limit() {
    let boxes = [1; MAX_KEY_BYTES];
    let vectors = [2, 1].repeat(MAX_KEY_BYTES / 2);
    let options = [3, 1].repeat(MAX_KEY_BYTES / 2);
    for bytes in [&boxes[..], &vectors, &options] {
        assert_eq!(Tree::from_key_bytes(bytes), Err(KeyError::TooDeep), "{:02x?}", &bytes[..4]);
    }
}

#[test]
fn a_recursive_type_that_forgot_to_nest_is_limited_by_its_boxes() {
    let deepest = Careless::of_boxes(MAX_KEY_DEPTH.into());
    let bytes = deepest.to_key_bytes();
    assert_eq!(bytes.and_then(|bytes| Careless::from_key_bytes(&bytes)), Ok(deepest));

    let deeper = Careless::of_boxes(usize::from(MAX_KEY_DEPTH) + 1);
    assert_eq!(deeper.to_key_bytes(), Err(KeyError::TooDeep));
    assert_eq!(Careless::from_key_bytes(&[1; MAX_KEY_BYTES]), Err(KeyError::TooDeep));
}

/// Long bytes of small numbers, each an ordinal or a flag that may open another level.
#[test]
fn hostile_bytes_for_a_recursive_type_are_refused_or_canonical() {
    properties::hold_for_bytes::<Tree>(vec(0_u8..4, 0..64));
}
