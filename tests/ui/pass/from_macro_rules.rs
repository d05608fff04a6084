//! A schema produced by `macro_rules!`, from every kind of fragment.
use netabase::{NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Serialize};

macro_rules! schema {
    ($vis:vis $name:ident, $wire:literal, $ttl:expr, $key:ident: $key_type:ty, $($field:ident: $type:ty),*) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
        #[netabase(name = $wire, ttl = $ttl, access = "open")]
        $vis struct $name {
            #[netabase(key)]
            $key: $key_type,
            $($field: $type,)*
            fixed: String,
        }
    };
}

macro_rules! key {
    ($name:ident, $($variant:ident($type:ty)),*) => {
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, NetabaseSchemaKey)]
        enum $name { $($variant($type)),* }
    };
}

schema!(pub(crate) User, "user.v2", "48h", id: String, name: Option<String>, picture: Vec<u8>);
schema!(Number, "number", "1 day", id: u64, other: String);
key!(Key, A(String), B((u8, Vec<u16>)));

fn main() {
    assert_eq!(User::SCHEMA_NAME, "user.v2");
    // `String` is known to be text through the macro's invisible group.
    assert_eq!(UserKey::from("a"), UserKey::new("a"));
    assert_eq!(NumberKey::new(7_u64), NumberKey(7));
    let _ = (Key::A(String::new()), Key::B((1, Vec::new())));
    let view = UserRef { id: "a", name: Some("b"), picture: b"c", fixed: "d" };
    assert_eq!(view.picture, [b'c']);
}
