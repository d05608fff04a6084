//! A key has the same bytes whatever it is looked up by, and a prefix starts them.
use netabase::{KeyOf, KeyReader, KeyWriter, NetabaseSchema, NetabaseSchemaKey, PrefixOf};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Named {
    #[netabase(key)]
    name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Hashed {
    #[netabase(key)]
    hash: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(key(region, number))]
struct Numbered {
    number: u16,
    region: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
enum Place {
    Named(String),
    At { x: i8, y: i8 },
    Nowhere,
}

fn bytes<K>(query: &(impl KeyOf<K> + ?Sized)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = KeyWriter::new(&mut bytes);
    query.encode_key_of(&mut out);
    out.finish().expect("the key is short");
    bytes
}

fn prefix<K>(query: &(impl PrefixOf<K> + ?Sized)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = KeyWriter::new(&mut bytes);
    query.encode_prefix_of(&mut out);
    out.finish().expect("the prefix is short");
    bytes
}

fn of_value<V: NetabaseSchema>(value: &V) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = KeyWriter::new(&mut bytes);
    value.encode_key(&mut out);
    out.finish().expect("the key is short");
    assert_eq!(value.key().to_key_bytes().as_ref(), Ok(&bytes));
    assert_eq!(V::Key::from_key_bytes(&bytes), Ok(value.key()));
    bytes
}

fn main() {
    let expected = of_value(&Named { name: "a\0b".to_owned() });
    assert_eq!(expected, b"a\x01\0b\0");
    assert_eq!(bytes::<NamedKey>("a\0b"), expected);
    assert_eq!(bytes::<NamedKey>(&"a\0b".to_owned()), expected);
    assert_eq!(bytes::<NamedKey>(&NamedKey::new("a\0b")), expected);
    assert_eq!(prefix::<NamedKey>("a"), b"a");

    let expected = of_value(&Hashed { hash: vec![1, 2] });
    assert_eq!(expected, [1, 1, 2, 0]);
    assert_eq!(bytes::<HashedKey>([1_u8, 2].as_slice()), expected);
    assert_eq!(prefix::<HashedKey>([1_u8].as_slice()), [1, 1]);

    let expected = of_value(&Numbered { number: 7, region: "is".to_owned() });
    assert_eq!(expected, b"is\0\0\x07");
    assert_eq!(bytes::<NumberedKey>(&("is", 7)), expected);
    assert_eq!(bytes::<NumberedKey>(&("is".to_owned(), &7)), expected);
    assert_eq!(bytes::<NumberedKey>(&NumberedKey::from(("is".to_owned(), 7))), expected);
    assert_eq!(prefix::<NumberedKey>(&("is",)), b"is\0");

    let places = [
        Place::Named(String::new()),
        Place::Named("a".to_owned()),
        Place::At { x: -1, y: 5 },
        Place::At { x: 1, y: -5 },
        Place::Nowhere,
    ];
    netabase::check_key_order(&places).expect("derived orders agree");
    for place in places {
        let bytes = place.to_key_bytes().expect("the key is short");
        assert_eq!(Place::decode_key(&mut KeyReader::new(&bytes)), Ok(place));
    }
    assert!(Place::from_key_bytes(&[3]).is_err(), "there are three variants");
}
