use ::db::{
    DatabaseError, KeyOf, NetabaseSchema, NetabaseStore, RecordError, WriteError,
    libp2p::kad::Record,
};
use ::serde::{Deserialize, Serialize};
use ::std::{
    assert, assert_eq,
    borrow::ToOwned,
    boxed::Box,
    clone::Clone,
    cmp::PartialEq,
    convert::{From, Into, TryFrom},
    error::Error,
    fmt::Debug,
    matches,
    option::Option::{None, Some},
    primitive::str,
    result::Result::{self, Err, Ok},
    string::String,
    vec,
};

use crate::{
    impls::{Amount, Bare, Code, Comparable, ComparableRef, Odd, OddRef, Span, Untouchable},
    keys::{Id, Place, Seat},
    made::{Made, MadeKey},
    methods::{Methods, MethodsKey},
    schemas::{
        Counter, CounterKey, Note, NoteTitle, NoteView, Reservation, ReservationKey, Sensor, Town,
        TownKey,
    },
    shadowed::{self, Shadowed, ShadowedKey},
};

#[test]
fn schemas_work_where_no_name_means_what_it_usually_does() -> Result<(), Box<dyn Error>> {
    #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(crate = "::db")]
    struct Local {
        #[netabase(key)]
        id: u64,
        text: String,
    }
    let store = NetabaseStore::new();

    put_and_get(&store, &town("Reykjavik", 140_000), &TownKey::new("IS", "Reykjavik"))?;
    put_and_get(&store, &Counter { place: Place::Nowhere, count: 1 }, &CounterKey(Place::Nowhere))?;
    put_and_get(&store, &note(), &NoteTitle::new("hi"))?;
    let seat = Seat { r#type: Place::At { latitude: 64, longitude: -22 }, self_: 7 };
    put_and_get(&store, &Reservation::new(seat.clone(), "Ada"), &ReservationKey(seat))?;
    put_and_get(&store, &shadowed(), &ShadowedKey(shadowed::Key::Number(7)))?;
    put_and_get(&store, &methods(), &MethodsKey::new("window", 1))?;
    put_and_get(&store, &made(), &MadeKey::from("a"))?;
    put_and_get(&store, &Local { id: 7, text: "in a function".to_owned() }, &LocalKey(7))?;

    there_and_back(&note())?;
    there_and_back(&shadowed())?;
    there_and_back(&methods())?;
    there_and_back(&made())?;
    Ok(())
}

#[test]
fn the_functions_of_a_schema_are_called() -> Result<(), DatabaseError> {
    let towns = NetabaseStore::new().database::<Town>()?;

    let refused = towns.put(&town("Skalar", 0));

    assert!(matches!(refused, Err(WriteError::Record(RecordError::Invalid { .. }))), "{refused:?}");
    let counted = |count| Counter { place: Place::Nowhere, count };
    assert_eq!(counted(1).merge(&counted(2)), Some(counted(2)));
    Ok(())
}

#[test]
fn keys_of_several_parts_are_found_by_their_parts() -> Result<(), DatabaseError> {
    let towns = NetabaseStore::new().database::<Town>()?;
    towns.put(&town("Reykjavik", 140_000))?;

    assert!(towns.contains(&("IS", "Reykjavik"))?);
    assert_eq!(towns.prefix(&("IS",))?.count(), 1);
    Ok(())
}

#[test]
fn a_view_borrows_what_is_not_marked_as_owned() -> Result<(), DatabaseError> {
    let notes = NetabaseStore::new().database::<Note>()?;
    notes.put(&note())?;

    let look = |view: NoteView<'_>| {
        let place: Place = view.place;
        (view.text.map(str::len), view.picture.len(), place)
    };

    assert_eq!(notes.get_with("hi", look)?, Some((Some(5), 3, Place::Named("Iceland".to_owned()))));
    Ok(())
}

#[test]
fn values_are_found_by_what_is_indexed() -> Result<(), DatabaseError> {
    let store = NetabaseStore::new();
    let notes = store.database::<Note>()?;
    notes.put(&note())?;
    assert_eq!(notes.index(Note::TEXT).get("there")?.count(), 1);
    assert_eq!(notes.index(Note::TAGS).get("b")?.count(), 1);
    assert_eq!(notes.index(Note::BY_PLACE).prefix((note().place,))?.count(), 1);

    let methods = store.database::<Methods>()?;
    methods.put(&self::methods())?;
    assert_eq!(methods.index(Methods::SELF).range(..=1)?.count(), 1);

    let made = store.database::<Made>()?;
    made.put(&self::made())?;
    assert_eq!(made.index(Made::NUMBER).get(7)?.count(), 1);
    assert_eq!(made.index(Made::ALWAYS).get("b")?.count(), 1);

    let all = store.database::<Shadowed>()?;
    all.put(&shadowed())?;
    assert_eq!(all.index(Shadowed::TEXT).prefix("the")?.count(), 1);
    assert_eq!(all.index(Shadowed::PAIR).get([1, 2])?.count(), 1);
    assert_eq!(all.index(Shadowed::WORDS).get("none")?.count(), 0);
    Ok(())
}

#[test]
fn newtypes_are_found_by_what_is_in_them() -> Result<(), DatabaseError> {
    let sensors = NetabaseStore::new().database::<Sensor>()?;
    let id = |text: &str| Id(text.to_owned());
    sensors.put(&Sensor { id: id("roof"), station: id("church") })?;

    assert!(sensors.contains("roof")?);
    assert_eq!(sensors.prefix("ro")?.count(), 1);
    assert_eq!(sensors.index(Sensor::STATION).prefix("ch")?.count(), 1);
    assert_eq!(sensors.index(Sensor::STATION).get("church")?.count(), 1);
    Ok(())
}

#[test]
fn a_view_has_the_traits_that_all_fields_have_of_themselves() -> Result<(), DatabaseError> {
    fn prints<T: Clone + Debug>(value: &T) -> String {
        ::std::format!("{:?}", value.clone())
    }
    let store = NetabaseStore::new();
    let code = |text: &str| Code(text.to_owned());

    let odd = store.database::<Odd>()?;
    let (span, amount, text) = (Span { days: 1, hours: 2 }, Amount(3), "text".to_owned());
    odd.put(&Odd { code: code("a"), part: code("b"), span, amount, text })?;
    let printed = odd.get_with(&("a", "b"), |view: OddRef<'_>| prints(&view))?;
    assert!(printed.is_some_and(|text| text.starts_with("OddRef { code: Code(\"a\"), part")));
    assert_eq!(odd.index(Odd::PART).get("b")?.count(), 1);

    let comparable = store.database::<Comparable>()?;
    let value = Comparable { code: code("a"), amount: Amount(3), text: "text".to_owned() };
    put_and_get(&store, &value, &NetabaseSchema::key(&value))?;
    let same = |view: ComparableRef<'_>| {
        view == ComparableRef { code: code("a"), amount: Amount(3), text: "text" }
    };
    assert_eq!(comparable.get_with("a", same)?, Some(true));

    let untouchable = store.database::<Untouchable>()?;
    let bare = Bare("bare".to_owned());
    untouchable.put(&Untouchable { code: code("a"), bare, text: "text".to_owned() })?;
    assert_eq!(untouchable.get_with("a", |view| view.bare.len())?, Some(4));
    Ok(())
}

#[test]
fn schemas_work_in_every_edition() -> Result<(), DatabaseError> {
    ::netabase_edition_2015::check()?;
    ::netabase_edition_2018::check()?;
    ::netabase_edition_2021::check()?;
    ::netabase_edition_2024::check()
}

#[test]
fn the_users_own_methods_are_left_alone() {
    let value = methods();
    assert_eq!(value.key(), 3);
    assert_eq!(Methods::from_bytes(value.to_bytes()), 3);
    assert_eq!(Methods::SCHEMA_VERSION, "none");
    assert_eq!(Methods::OUT, "no index");
}

fn put_and_get<V, K>(store: &NetabaseStore, value: &V, key: &K) -> Result<(), DatabaseError>
where
    V: NetabaseSchema<Key = K> + Debug + PartialEq,
    K: KeyOf<K> + Debug + PartialEq,
{
    let database = store.database::<V>()?;
    assert_eq!(database.put(value)?, None);
    assert_eq!(NetabaseSchema::key(value), *key);
    assert_eq!(database.get(key)?.as_ref(), Some(value));
    Ok(())
}

/// What is not owned by a peer becomes a record by itself.
fn there_and_back<V>(value: &V) -> Result<(), RecordError>
where
    V: NetabaseSchema + Debug + PartialEq,
    V: for<'a> TryFrom<&'a Record, Error = RecordError>,
    Record: for<'a> TryFrom<&'a V, Error = RecordError>,
{
    let record = Record::try_from(value)?;
    assert_eq!(V::try_from(&record)?, *value);
    Ok(())
}

fn town(city: &str, people: u32) -> Town {
    Town { country: "IS".to_owned(), city: city.to_owned(), people }
}

fn note() -> Note {
    Note {
        title: "hi".to_owned(),
        text: Some("there".to_owned()),
        place: Place::Named("Iceland".to_owned()),
        tags: vec!["a".to_owned(), "b".to_owned()],
        picture: [1, 2, 3].into(),
    }
}

fn shadowed() -> Shadowed {
    let key = shadowed::Key::Number(7);
    Shadowed {
        key,
        text: "there".to_owned(),
        short: shadowed::String(1),
        pair: [1, 2],
        words: vec![],
    }
}

fn methods() -> Methods {
    Methods { r#type: "window".to_owned(), self_: 1, out: "away".to_owned(), value: 3 }
}

fn made() -> Made {
    Made { id: "a".to_owned(), nick: None, number: 7, fixed: "b".to_owned() }
}
