//! Keys of every supported type, alone and as parts.
use std::time::{Duration, SystemTime};

use netabase::{KeyOf, NetabaseSchema, NetabaseSchemaKey, PrefixOf};
use serde::{Deserialize, Serialize};

macro_rules! keyed_by {
    ($($name:ident: $type:ty,)*) => { $(
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
        struct $name { #[netabase(key)] id: $type, text: String }
        looked_up::<$name, $type>();
    )* };
}

fn looked_up<V: NetabaseSchema, T: KeyOf<V::Key>>()
where
    V::Key: From<T> + KeyOf<V::Key>,
{
}

fn by<V: NetabaseSchema>(_: &(impl KeyOf<V::Key> + ?Sized)) {}

fn from<V: NetabaseSchema>(_: &(impl PrefixOf<V::Key> + ?Sized)) {}

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct Newtype(String);

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct Unit;

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
enum Tree {
    Leaf(u8),
    Node { left: Box<Tree>, right: Option<Box<Tree>>, more: Vec<Tree> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p))]
struct Sixteen {
    a: u8,
    b: u16,
    c: u32,
    d: u64,
    e: u128,
    f: i8,
    g: i16,
    h: i32,
    i: i64,
    j: i128,
    k: bool,
    l: char,
    m: String,
    n: Vec<u8>,
    o: Newtype,
    p: [u8; 4],
}

fn main() {
    keyed_by! {
        U8: u8, U16: u16, U32: u32, U64: u64, U128: u128, I8: i8, I16: i16, I32: i32, I64: i64, I128: i128,
        Bool: bool, Char: char, Text: String, Bytes: Vec<u8>, Array: [u8; 16], Texts: [String; 2],
        Tuple: (String, u8), Optional: Option<String>, Many: Vec<String>, Time: SystemTime, Span: Duration,
        New: Newtype, Nothing: Unit, Recursive: Tree, Boxed: Box<u8>,
    }
    by::<U8>(&7);
    by::<U8>(&U8Key(7));
    by::<Text>("a");
    by::<Text>(&"a");
    by::<Text>(&"a".to_owned());
    by::<Text>(&TextKey::new("a"));
    by::<Bytes>(b"a".as_slice());
    by::<Tuple>(&("a".to_owned(), 1));
    from::<Text>("a");
    from::<Bytes>(b"a".as_slice());

    let key = SixteenKey::new(
        1,
        2_u16,
        3_u32,
        4_u64,
        5_u128,
        -1,
        -2_i16,
        -3,
        -4,
        -5,
        true,
        'a',
        "b",
        *b"c",
        Newtype("d".to_owned()),
        *b"efgh",
    );
    let _ = key.m.len();
    by::<Sixteen>(&(
        1,
        2,
        3,
        4,
        5,
        -1,
        -2,
        -3,
        -4,
        -5,
        true,
        'a',
        "b",
        b"c".as_slice(),
        Newtype(String::new()),
        *b"efgh",
    ));
    from::<Sixteen>(&(1,));
    from::<Sixteen>(&(
        1,
        2,
        3,
        4,
        5,
        -1,
        -2,
        -3,
        -4,
        -5,
        true,
        'a',
        "b",
        b"c".as_slice(),
        Newtype(String::new()),
    ));
}
