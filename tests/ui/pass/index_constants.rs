//! An index on everything that can have one, and constants that are named like fields.
#![allow(dead_code, unused_must_use)]

use std::{
    collections::{BTreeSet, HashSet},
    time::{Duration, SystemTime},
};

use netabase::{DatabaseError, Index, MemoryStoreDatabase, NetabaseSchema, NetabaseSchemaKey, NetabaseStore};
use serde::{Deserialize, Serialize};

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
enum Kind {
    Named(String),
    At { latitude: i32, longitude: i32 },
}

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct Code(String);

type Tags = Vec<Kind>;

#[derive(Serialize, Deserialize, NetabaseSchema)]
#[netabase(
    index(name = "two", fields(text, small)),
    index(name = "three", fields(kind, code, flag)),
    index(name = "four", fields(big, r#type, maybe, bytes), unique)
)]
struct Everything {
    #[netabase(key)]
    id: u32,
    #[netabase(index)]
    flag: bool,
    #[netabase(index)]
    letter: char,
    #[netabase(index)]
    small: i8,
    #[netabase(index)]
    big: u128,
    #[netabase(index)]
    text: String,
    #[netabase(index)]
    bytes: Vec<u8>,
    #[netabase(index)]
    array: [u8; 4],
    #[netabase(index)]
    texts: [String; 2],
    #[netabase(index)]
    pair: (u8, String),
    #[netabase(index)]
    boxed: Box<u16>,
    #[netabase(index)]
    time: SystemTime,
    #[netabase(index)]
    duration: Duration,
    #[netabase(index)]
    kind: Kind,
    #[netabase(index(unique))]
    code: Code,
    #[netabase(index(unique))]
    maybe: Option<String>,
    #[netabase(index)]
    perhaps: Option<Kind>,
    #[netabase(index)]
    whole: Vec<Kind>,
    #[netabase(index(multi))]
    words: Vec<String>,
    #[netabase(index(multi))]
    octets: Vec<u8>,
    #[netabase(index(multi))]
    sorted: BTreeSet<Code>,
    #[netabase(index(multi))]
    #[serde(with = "netabase::with::sorted")]
    unsorted: HashSet<u64>,
    #[netabase(index(multi, name = "labels"))]
    tags: Tags,
    #[netabase(index(multi))]
    maybes: Vec<Option<String>>,
    #[netabase(index)]
    r#type: u8,
    #[netabase(index, owned)]
    owned: String,
    #[netabase(index(name = "called"))]
    name: String,
    max_size: u8,
    schema_name: String,
    indexes: u8,
    nick: String,
    key: u8,
}

// Fields without index leave their names to the user. Of one with an index the index has another.
impl Everything {
    const NICK: &str = "nick";
    const NAME: u8 = 7;
    const ID: fn() -> u32 = || 7;
}

trait Described {
    const KEY: &'static str;
}

mod described {
    impl super::Described for super::Everything {
        const KEY: &'static str = "key";
    }
}

fn look_up(all: &MemoryStoreDatabase<Everything>) -> Result<(), DatabaseError> {
    let typed: Index<Everything, Option<String>> = Everything::MAYBES;
    all.index(typed).get(Some("a".to_owned()))?;
    all.index(Everything::FLAG).get(true)?;
    all.index(Everything::LETTER).range('a'..='z')?;
    all.index(Everything::SMALL).range(..0)?;
    all.index(Everything::BIG).get(7)?;
    all.index(Everything::TEXT).get("a")?;
    all.index(Everything::TEXT).prefix("a")?;
    all.index(Everything::BYTES).get(&[7][..])?;
    all.index(Everything::ARRAY).get([7; 4])?;
    all.index(Everything::TEXTS).get(["a".to_owned(), "b".to_owned()])?;
    all.index(Everything::PAIR).get((7, "a".to_owned()))?;
    all.index(Everything::BOXED).get(Box::new(7))?;
    all.index(Everything::TIME).range(..SystemTime::now())?;
    all.index(Everything::DURATION).get(Duration::ZERO)?;
    all.index(Everything::KIND).get(&Kind::Named("a".to_owned()))?;
    all.index(Everything::CODE).get("a")?;
    all.index(Everything::MAYBE).get("a")?;
    all.index(Everything::PERHAPS).get(Kind::At { latitude: 1, longitude: 2 })?;
    all.index(Everything::WHOLE).get(Tags::new())?;
    all.index(Everything::WORDS).get("a")?;
    all.index(Everything::OCTETS).get(7)?;
    all.index(Everything::SORTED).get("a")?;
    all.index(Everything::UNSORTED).get(7)?;
    all.index(Everything::LABELS).get(Kind::Named("a".to_owned()))?;
    all.index(Everything::TYPE).get(7)?;
    all.index(Everything::OWNED).get("a")?;
    all.index(Everything::CALLED).get("a")?;
    all.index(Everything::TWO).get(("a", 7))?;
    all.index(Everything::TWO).prefix(("a",))?;
    all.index(Everything::THREE).get((Kind::Named("a".to_owned()), "a", true))?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    look_up(&NetabaseStore::new().database()?)?;
    assert_eq!(Everything::NICK, "nick");
    assert_eq!(u32::from(Everything::NAME), Everything::ID());
    assert_eq!(<Everything as Described>::KEY, "key");
    Ok(())
}
