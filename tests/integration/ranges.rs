//! Every spelling of a range, of keys and of indexes, without a type to write.

use std::{error::Error, ops::Bound};

use netabase::{
    Entries, IndexRange, KeyRange, MemoryStoreDatabase, NetabaseDatabaseExt, NetabaseSchema,
    NetabaseSchemaKey, NetabaseStore,
};
use serde::{Deserialize, Serialize};

#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, NetabaseSchemaKey,
)]
struct Word(String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Named {
    #[netabase(key)]
    name: String,
    #[netabase(index)]
    nick: String,
    #[netabase(index)]
    number: i16,
    #[netabase(index)]
    word: Word,
    #[netabase(index)]
    bytes: Option<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Numbered {
    #[netabase(key)]
    number: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
struct Worded {
    #[netabase(key)]
    word: Word,
}

const NAMES: [&str; 5] = ["ant", "bee", "cat", "cow", "dog"];

fn named() -> Result<MemoryStoreDatabase<Named>, Box<dyn Error>> {
    let database = NetabaseStore::new().database()?;
    for (number, name) in (0..).zip(NAMES) {
        let (name, nick, word) = (name.to_owned(), name.to_owned(), Word(name.to_owned()));
        let bytes = Some(name.clone().into_bytes());
        database.put(&Named { name, nick, number, word, bytes })?;
    }
    Ok(database)
}

fn names(entries: Entries<Named>) -> Result<String, Box<dyn Error>> {
    let names = entries.map(|named| Ok(named?.name)).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    Ok(names.join(" "))
}

#[test]
fn ranges_of_text_keys_take_text_however_it_is_held() -> Result<(), Box<dyn Error>> {
    let named = named()?;
    let (bee, cow) = ("bee".to_owned(), "cow".to_owned());

    assert_eq!(names(named.range(..)?)?, "ant bee cat cow dog");
    assert_eq!(names(named.range("bee".."cow")?)?, "bee cat");
    assert_eq!(names(named.range("bee"..="cow")?)?, "bee cat cow");
    assert_eq!(names(named.range("cow"..)?)?, "cow dog");
    assert_eq!(names(named.range(.."bee")?)?, "ant");
    assert_eq!(names(named.range(..="bee")?)?, "ant bee");
    assert_eq!(names(named.range(&bee..&cow)?)?, "bee cat");
    assert_eq!(names(named.range(&bee..=&cow)?)?, "bee cat cow");
    assert_eq!(names(named.range(&cow..)?)?, "cow dog");
    assert_eq!(names(named.range(..&bee)?)?, "ant");
    assert_eq!(names(named.range(..=&bee)?)?, "ant bee");
    assert_eq!(names(named.range(bee.as_str()..cow.as_str())?)?, "bee cat");
    assert_eq!(names(named.range(bee.clone()..cow.clone())?)?, "bee cat");
    assert_eq!(names(named.range(NamedKey(bee.clone())..NamedKey(cow.clone()))?)?, "bee cat");
    assert_eq!(names(named.range(&NamedKey(bee.clone())..)?)?, "bee cat cow dog");
    assert_eq!(names(named.range((Bound::Excluded("bee"), Bound::Unbounded))?)?, "cat cow dog");
    assert_eq!(names(named.range((Bound::Excluded(&bee), Bound::Included(&cow)))?)?, "cat cow");
    let range = "cow"..;
    assert_eq!(names(named.range(&range)?)?, "cow dog");
    Ok(())
}

#[test]
fn ranges_of_numbers_take_literals_and_references() -> Result<(), Box<dyn Error>> {
    let numbered = NetabaseStore::new().database::<Numbered>()?;
    numbered.load((0..10).map(|number| Numbered { number }))?;
    let (two, five) = (2, 5);

    assert_eq!(numbered.range(..)?.count(), 10);
    assert_eq!(numbered.range(2..5)?.count(), 3);
    assert_eq!(numbered.range(2..=5)?.count(), 4);
    assert_eq!(numbered.range(..5)?.count(), 5);
    assert_eq!(numbered.range(5..)?.count(), 5);
    assert_eq!(numbered.range(&two..&five)?.count(), 3);
    assert_eq!(numbered.range(two..)?.count(), 8);
    assert_eq!(numbered.range(NumberedKey(2)..=NumberedKey(5))?.count(), 4);
    let mut taken = 2..=5_u64;
    taken.by_ref().for_each(drop);
    assert_eq!(numbered.range(taken)?.count(), 0, "a range that was iterated to its end is empty");
    Ok(())
}

#[test]
fn ranges_of_an_index_take_the_same() -> Result<(), Box<dyn Error>> {
    let named = named()?;
    let (bee, cow) = ("bee".to_owned(), "cow".to_owned());

    let nicks = named.index(Named::NICK);
    assert_eq!(names(nicks.range(..)?)?, "ant bee cat cow dog");
    assert_eq!(names(nicks.range("bee".."cow")?)?, "bee cat");
    assert_eq!(names(nicks.range(&bee..&cow)?)?, "bee cat");
    assert_eq!(names(nicks.range(bee.clone()..=cow.clone())?)?, "bee cat cow");
    assert_eq!(names(nicks.range((Bound::Excluded("bee"), Bound::Unbounded))?)?, "cat cow dog");

    let numbers = named.index(Named::NUMBER);
    assert_eq!(names(numbers.range(..)?)?, "ant bee cat cow dog");
    assert_eq!(names(numbers.range(1..3)?)?, "bee cat");
    assert_eq!(names(numbers.range(..=-1)?)?, "");
    assert_eq!(names(numbers.range(&1..&3)?)?, "bee cat");

    let words = named.index(Named::WORD);
    assert_eq!(names(words.range("bee".."cow")?)?, "bee cat");
    assert_eq!(names(words.range(&Word(bee)..&Word(cow))?)?, "bee cat");

    let bytes = named.index(Named::BYTES);
    assert_eq!(names(bytes.range(&b"bee"[..]..&b"cow"[..])?)?, "bee cat");
    Ok(())
}

#[test]
fn generic_code_passes_ranges_on() -> Result<(), Box<dyn Error>> {
    fn count<V, D>(database: &D, range: impl KeyRange<V::Key>) -> Result<usize, D::Error>
    where
        V: NetabaseSchema,
        D: NetabaseDatabaseExt<V>,
    {
        Ok(database.range(range)?.count())
    }
    fn numbers(
        database: &MemoryStoreDatabase<Named>,
        range: impl IndexRange<i16>,
    ) -> Result<usize, Box<dyn Error>> {
        Ok(database.index(Named::NUMBER).range(range)?.count())
    }
    let named = named()?;
    assert_eq!((count(&named, ..)?, count(&named, "cat"..)?), (5, 3));
    assert_eq!((numbers(&named, ..)?, numbers(&named, 3..)?), (5, 2));
    Ok(())
}

#[test]
fn a_newtype_of_text_is_found_by_what_it_starts_with() -> Result<(), Box<dyn Error>> {
    let worded = NetabaseStore::new().database::<Worded>()?;
    worded.load(NAMES.map(|name| Worded { word: Word(name.to_owned()) }))?;

    assert!(worded.contains("cat")?);
    assert_eq!(worded.prefix("c")?.count(), 2);
    assert_eq!(worded.prefix("")?.count(), 5);
    assert_eq!(worded.range("b".."cow")?.count(), 2);
    assert_eq!(names(named()?.index(Named::WORD).prefix("c")?)?, "cat cow");
    assert_eq!(names(named()?.index(Named::BYTES).prefix(&b"c"[..])?)?, "cat cow");
    Ok(())
}
