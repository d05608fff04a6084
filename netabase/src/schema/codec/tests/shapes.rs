//! Types of every shape serde has, and values of them.

use std::{collections::BTreeMap, fmt};

use proptest::{collection, prelude::*};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Rich {
    pub(super) numbers: Numbers,
    pub(super) floats: (f32, f64),
    pub(super) flag: bool,
    pub(super) letter: char,
    pub(super) text: String,
    pub(super) bytes: Bytes,
    pub(super) nothing: Option<u16>,
    pub(super) something: Option<u16>,
    pub(super) unit: (),
    pub(super) unit_struct: Unit,
    pub(super) newtype: Newtype,
    pub(super) tuple: (u8, String),
    pub(super) tuple_struct: Pair,
    pub(super) array: [u16; 3],
    pub(super) sequence: Vec<u32>,
    pub(super) map: BTreeMap<String, u8>,
    pub(super) variants: [Kind; 4],
    pub(super) nested: Vec<Option<Newtype>>,
}

/// Integers of every width; `usize` and `isize` travel as 64 bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Numbers {
    pub(super) unsigned: (u8, u16, u32, u64, u128, usize),
    pub(super) signed: (i8, i16, i32, i64, i128, isize),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Unit;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Newtype(pub(super) u32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pair(pub(super) i16, pub(super) bool);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Kind {
    Unit,
    Newtype(u64),
    Tuple(u8, char),
    Struct { id: i32, name: String },
}

/// Bytes that serde knows to be bytes, not a sequence of numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }

        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// Recursion through every container there is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) enum Tree {
    #[default]
    Leaf,
    Number(i64),
    Wrapped(Box<Tree>),
    Pair(Box<Tree>, Box<Tree>),
    Named {
        first: Unit,
        child: Box<Tree>,
    },
    Maybe(Option<Box<Tree>>),
    Many(Vec<Tree>),
    Table(BTreeMap<u8, Tree>),
    Tuple((u8, Box<Tree>)),
    Nodes(Node),
}

/// Begins with its own length: a run of equal bytes is a bomb.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Node(pub(super) Vec<Node>);

/// Text and bytes that stay in the payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Borrowed<'a> {
    pub(super) text: &'a str,
    #[serde(borrow)]
    pub(super) bytes: &'a [u8],
}

pub(super) fn rich() -> impl Strategy<Value = Rich> {
    let fixed = (numbers(), any::<(f32, f64)>(), any::<bool>(), any::<char>());
    let blobs = (".{0,20}", collection::vec(any::<u8>(), 0..300));
    let small = (any::<Option<u16>>(), any::<u32>(), any::<(u8, String)>(), any::<(i16, bool)>());
    let counted = (
        any::<[u16; 3]>(),
        collection::vec(any::<u32>(), 0..20),
        collection::btree_map(".{0,4}", any::<u8>(), 0..5),
        [kind(), kind(), kind(), kind()],
        collection::vec(any::<Option<u32>>(), 0..5),
    );
    (fixed, blobs, small, counted).prop_map(|(fixed, blobs, small, counted)| Rich {
        numbers: fixed.0,
        floats: fixed.1,
        flag: fixed.2,
        letter: fixed.3,
        text: blobs.0,
        bytes: Bytes(blobs.1),
        nothing: None,
        something: small.0,
        unit: (),
        unit_struct: Unit,
        newtype: Newtype(small.1),
        tuple: small.2,
        tuple_struct: Pair(small.3.0, small.3.1),
        array: counted.0,
        sequence: counted.1,
        map: counted.2,
        variants: counted.3,
        nested: counted.4.into_iter().map(|number| number.map(Newtype)).collect(),
    })
}

pub(super) fn numbers() -> impl Strategy<Value = Numbers> {
    // Shifted at random: each of the five lengths of an integer is as likely.
    (any::<u128>(), any::<i128>(), 0..128_u32).prop_map(|(unsigned, signed, shift)| {
        let (unsigned, signed) =
            ((unsigned >> shift).to_le_bytes(), (signed >> shift).to_le_bytes());
        macro_rules! first {
            ($bytes:ident as $ty:ty) => {
                <$ty>::from_le_bytes(*$bytes.first_chunk().expect("at most 16 bytes"))
            };
        }
        Numbers {
            unsigned: (
                first!(unsigned as u8),
                first!(unsigned as u16),
                first!(unsigned as u32),
                first!(unsigned as u64),
                first!(unsigned as u128),
                first!(unsigned as usize),
            ),
            signed: (
                first!(signed as i8),
                first!(signed as i16),
                first!(signed as i32),
                first!(signed as i64),
                first!(signed as i128),
                first!(signed as isize),
            ),
        }
    })
}

pub(super) fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Unit),
        any::<u64>().prop_map(Kind::Newtype),
        any::<(u8, char)>().prop_map(|(number, letter)| Kind::Tuple(number, letter)),
        any::<(i32, String)>().prop_map(|(id, name)| Kind::Struct { id, name }),
    ]
}

pub(super) fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![Just(Tree::Leaf), any::<i64>().prop_map(Tree::Number)];
    leaf.prop_recursive(24, 48, 4, |tree| {
        let boxed = || tree.clone().prop_map(Box::new);
        prop_oneof![
            boxed().prop_map(Tree::Wrapped),
            (boxed(), boxed()).prop_map(|(left, right)| Tree::Pair(left, right)),
            boxed().prop_map(|child| Tree::Named { first: Unit, child }),
            proptest::option::of(boxed()).prop_map(Tree::Maybe),
            collection::vec(tree.clone(), 0..4).prop_map(Tree::Many),
            collection::btree_map(any::<u8>(), tree.clone(), 0..4).prop_map(Tree::Table),
            (any::<u8>(), boxed()).prop_map(Tree::Tuple),
            node().prop_map(Tree::Nodes),
        ]
    })
}

pub(super) fn node() -> impl Strategy<Value = Node> {
    Just(Node::default())
        .prop_recursive(12, 64, 5, |node| collection::vec(node, 0..5).prop_map(Node))
}
