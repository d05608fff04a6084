//! The checker finds what a key type written by hand got wrong.

use std::{cmp::Ordering, marker::PhantomData};

use netabase::{KeyError, KeyOrderError, KeyReader, KeyWriter, NetabaseSchemaKey, check_key_order};

use super::tree::Tree;

/// What a [`Flawed`] key does wrong.
trait Flaw: Copy + std::fmt::Debug + std::hash::Hash + Eq + Ord + Send + Sync + 'static {
    fn compare(left: u16, right: u16) -> Ordering {
        left.cmp(&right)
    }

    fn partial(left: u16, right: u16) -> Option<Ordering> {
        Some(Self::compare(left, right))
    }

    fn encode(value: u16, out: &mut KeyWriter<'_>) {
        value.encode_key(out);
    }

    fn decode(input: &mut KeyReader<'_>) -> Result<u16, KeyError> {
        u16::decode_key(input)
    }
}

/// A number as a key, but for a flaw.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Flawed<F>(u16, PhantomData<F>);

impl<F: Flaw> Ord for Flawed<F> {
    fn cmp(&self, other: &Self) -> Ordering {
        F::compare(self.0, other.0)
    }
}

#[expect(clippy::non_canonical_partial_ord_impl, reason = "one flaw is that they differ")]
impl<F: Flaw> PartialOrd for Flawed<F> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        F::partial(self.0, other.0)
    }
}

impl<F: Flaw> NetabaseSchemaKey for Flawed<F> {
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        F::encode(self.0, out);
    }

    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        F::decode(input).map(key)
    }
}

fn key<F>(value: u16) -> Flawed<F> {
    Flawed(value, PhantomData)
}

fn check<F: Flaw>(values: &[u16]) -> Result<(), KeyOrderError<Flawed<F>>> {
    check_key_order(&values.iter().copied().map(key).collect::<Vec<_>>())
}

macro_rules! flaw {
    ($name:ident { $($method:item)* }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        struct $name;

        impl Flaw for $name { $($method)* }
    };
}

#[test]
fn a_sound_type_passes() {
    flaw!(None {});
    assert_eq!(check::<None>(&[3, 1, 2, 1, 0xffff, 0]), Ok(()));
    assert_eq!(check::<None>(&[]), Ok(()));

    let trees = [Tree::Leaf(1), Tree::Boxed(Box::new(Tree::Leaf(0))), Tree::Children(vec![])];
    assert_eq!(check_key_order(&trees), Ok(()));
    // The greatest length, behind which no byte fits.
    assert_eq!(check_key_order(&["a".repeat(1023), String::new()]), Ok(()));
}

#[test]
fn a_reversed_order_is_found() {
    flaw!(Reversed {
        fn compare(left: u16, right: u16) -> Ordering {
            right.cmp(&left)
        }
    });
    assert_eq!(
        check::<Reversed>(&[2, 1]),
        Err(KeyOrderError::Order {
            left: key(1),
            right: key(2),
            bytes: Ordering::Less,
            keys: Ordering::Greater,
        })
    );
}

#[test]
fn little_endian_bytes_are_found_among_keys_far_apart() {
    flaw!(LittleEndian {
        fn encode(value: u16, out: &mut KeyWriter<'_>) {
            out.raw(&value.to_le_bytes());
        }

        fn decode(input: &mut KeyReader<'_>) -> Result<u16, KeyError> {
            input.array().map(u16::from_le_bytes)
        }
    });
    let values: Vec<u16> = (0..=0x100).collect();
    let found = check::<LittleEndian>(&values);
    assert!(matches!(found, Err(KeyOrderError::Order { .. })), "{found:?}");
}

#[test]
fn keys_that_ord_takes_for_equal_are_found() {
    flaw!(IgnoresLowBit {
        fn compare(left: u16, right: u16) -> Ordering {
            (left / 2).cmp(&(right / 2))
        }
    });
    let found = check::<IgnoresLowBit>(&[2, 3]);
    assert!(matches!(found, Err(KeyOrderError::Order { keys: Ordering::Equal, .. })), "{found:?}");
}

#[test]
fn a_partial_order_that_differs_is_found() {
    flaw!(PartiallyReversed {
        fn partial(left: u16, right: u16) -> Option<Ordering> {
            right.partial_cmp(&left)
        }
    });
    assert_eq!(
        check::<PartiallyReversed>(&[1, 2]),
        Err(KeyOrderError::Contradiction { left: key(1), right: key(2), keys: Ordering::Less })
    );
}

#[test]
fn a_lost_part_is_found() {
    flaw!(LosesHighByte {
        fn encode(value: u16, out: &mut KeyWriter<'_>) {
            (value & 0xff).encode_key(out);
        }
    });
    assert_eq!(
        check::<LosesHighByte>(&[1, 0x102]),
        Err(KeyOrderError::RoundTrip { key: key(0x102), decoded: key(2) })
    );
}

#[test]
fn a_key_that_starts_another_is_found() {
    // A low byte of zero is left out: what follows is taken for it.
    flaw!(NoEnd {
        fn encode(value: u16, out: &mut KeyWriter<'_>) {
            let bytes = value.to_be_bytes();
            out.raw(if bytes[1] == 0 { &bytes[..1] } else { &bytes });
        }

        fn decode(input: &mut KeyReader<'_>) -> Result<u16, KeyError> {
            Ok(u16::from_be_bytes([input.byte()?, input.byte().unwrap_or(0)]))
        }
    });
    assert_eq!(
        check::<NoEnd>(&[0x100, 0x101]),
        Err(KeyOrderError::NotSelfDelimiting { key: key(0x100) })
    );
}

#[test]
fn a_key_without_bytes_and_bytes_without_a_key_are_found() {
    flaw!(NotWritten {
        fn encode(_: u16, out: &mut KeyWriter<'_>) {
            out.fail(KeyError::TimeOutOfRange);
        }
    });
    flaw!(NotRead {
        fn decode(_: &mut KeyReader<'_>) -> Result<u16, KeyError> {
            Err(KeyError::Invalid { expected: "nothing" })
        }
    });
    assert_eq!(
        check::<NotWritten>(&[1]),
        Err(KeyOrderError::Encode { key: key(1), source: KeyError::TimeOutOfRange })
    );
    assert_eq!(
        check::<NotRead>(&[1]),
        Err(KeyOrderError::Decode {
            key: key(1),
            source: KeyError::Invalid { expected: "nothing" },
        })
    );
}
