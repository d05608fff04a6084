//! Which schemas need no look at their values.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    net::IpAddr,
    time::{Duration, SystemTime},
};

use netabase::{NetabaseSchema, NetabaseSchemaKey};
use serde::{Deserialize, Deserializer, Serialize};

fn is_trusted<V: NetabaseSchema>() -> bool {
    V::IS_PLAIN && V::is_derived()
}

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
enum Kind {
    Unit,
    Number(u32),
    Named { text: String },
}

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct Id(u64);

type Text = String;

#[test]
fn standard_types_and_keys_of_ones_own_are_trusted() {
    #[derive(Serialize, Deserialize, NetabaseSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Plain {
        #[netabase(key)]
        id: Id,
        #[netabase(index)]
        kind: Kind,
        alias: Text,
        #[serde(rename = "numbers", default)]
        all_numbers: (u8, i128, f64, Option<char>),
        bytes: Vec<u8>,
        array: [u16; 3],
        sorted: BTreeMap<String, Vec<Kind>>,
        hashed: HashMap<u32, Option<Box<str>>>,
        set: BTreeSet<Id>,
        queue: VecDeque<bool>,
        address: IpAddr,
        wait: Duration,
        at: Option<SystemTime>,
        unit: (),
    }
    assert!(is_trusted::<Plain>());
}

#[test]
fn others_are_looked_at() {
    macro_rules! not_trusted {
        ($(($($attrs:tt)*) ($($field:tt)*) $ty:ty),* $(,)?) => {$(
            {
                #[allow(dead_code, reason = "only its type is looked at")]
                #[derive(Serialize, Deserialize, NetabaseSchema)]
                $($attrs)*
                struct Looked {
                    #[netabase(key)]
                    id: u8,
                    $($field)*
                    field: $ty,
                }
                assert!(!is_trusted::<Looked>(), stringify!($($attrs)* $($field)* $ty));
            }
        )*};
    }
    not_trusted! {
        () () serde_json::Value,
        () () Option<Vec<serde_json::Value>>,
        () () Own,
        () () Lowercase,
        () () Vec<Lowercase>,
        () () Renamed,
        () (#[serde(with = "netabase::with::sorted")]) BTreeSet<u8>,
        () (#[serde(skip)]) String,
        () (#[serde(alias = "other")]) String,
        (#[netabase(owned)]) () String,
    }
}

/// Nothing is known of it, though there is nothing wrong with it.
#[derive(Serialize, Deserialize)]
struct Own(u8);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, NetabaseSchemaKey)]
struct Lowercase(String);

impl<'de> Deserialize<'de> for Lowercase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.to_lowercase()))
    }
}

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
enum Renamed {
    #[serde(rename = "one")]
    One,
}
