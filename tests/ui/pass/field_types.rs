//! Generics, enums and everything else inside fields.
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    marker::PhantomData,
    time::{Duration, SystemTime},
};

use netabase::NetabaseSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Everything {
    #[netabase(key)]
    id: u32,
    map: HashMap<String, Vec<Option<u8>>>,
    ordered: BTreeMap<u8, BTreeSet<String>>,
    generic: Wrapper<String>,
    kind: Kind,
    nested: Vec<(Option<String>, (u8, Vec<u8>))>,
    boxed: Box<str>,
    array: [u8; 32],
    texts: [String; 2],
    time: (SystemTime, Duration),
    unit: (),
    phantom: PhantomData<fn() -> String>,
    comments: Vec<Everything>,
    long: std::vec::Vec<std::string::String>,
    result: Result<u8, String>,
}

#[derive(Serialize, Deserialize)]
struct Wrapper<T> {
    value: T,
}

// Neither Clone nor Debug: the view has not either.
#[derive(Serialize, Deserialize)]
enum Kind {
    Unit,
    Tuple(u8, String),
    Named { x: f64 },
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
struct Attributes {
    #[netabase(key)]
    id: u32,
    #[serde(rename = "text")]
    renamed: String,
    #[serde(default)]
    defaulted: Option<String>,
    #[serde(skip)]
    skipped: String,
    #[netabase(owned)]
    owned: String,
    plain: String,
}

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Container {
    #[netabase(key)]
    the_id: u32,
    the_text: String,
}

#[derive(Clone, Serialize, Deserialize, NetabaseSchema)]
#[serde(from = "(u32, String)", into = "(u32, String)")]
#[netabase(owned)]
struct Converted {
    #[netabase(key)]
    id: u32,
    text: String,
}

impl From<(u32, String)> for Converted {
    fn from((id, text): (u32, String)) -> Self {
        Self { id, text }
    }
}

impl From<Converted> for (u32, String) {
    fn from(value: Converted) -> Self {
        (value.id, value.text)
    }
}

fn bounds<V: NetabaseSchema + Serialize + DeserializeOwned>() {}

fn main() {
    bounds::<Everything>();
    bounds::<Converted>();
    let view = AttributesRef {
        id: 1,
        renamed: "borrowed",
        defaulted: Some("owned".to_owned()),
        skipped: String::new(),
        owned: "owned".to_owned(),
        plain: "borrowed",
    };
    let _: &str = view.renamed;
    let _ = ContainerRef { the_id: 1, the_text: "borrowed" };
    let _ = |everything: &EverythingRef<'_>| -> (usize, Option<String>) {
        let (text, (_, bytes)): &(Option<&str>, (u8, &[u8])) = &everything.nested[0];
        (bytes.len(), text.map(str::to_owned))
    };
}
