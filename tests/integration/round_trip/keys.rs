//! Keys and indexed fields that lose something on the way.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use netabase::{
    DatabaseError, NetabaseSchema, NetabaseSchemaKey, NetabaseStore, RecordError, RoundTripCause,
    WriteError,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{accepted, refused};

/// Keeps whole seconds.
mod seconds {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        at: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        u64::deserialize(deserializer).map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds))
    }
}

#[test]
fn a_key_that_is_rounded_is_refused() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Event {
        #[netabase(key)]
        #[serde(with = "seconds")]
        at: SystemTime,
        text: String,
    }
    let event = |millis| Event { at: UNIX_EPOCH + Duration::from_millis(millis), text: "x".into() };
    accepted(&event(2_000))?;

    let error = refused(&event(2_000), &event(2_500))?;

    assert_eq!((error.field(), error.cause()), ("at", &RoundTripCause::KeyChanged), "{error}");
    assert!(error.field_type().is_some_and(|name| name.ends_with("SystemTime")), "{error}");
    Ok(())
}

#[test]
fn an_indexed_field_that_is_rounded_is_refused() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Event {
        #[netabase(key)]
        id: u8,
        #[netabase(index(name = "by_time"))]
        #[serde(with = "seconds")]
        at: SystemTime,
    }
    let event = |millis| Event { id: 1, at: UNIX_EPOCH + Duration::from_millis(millis) };
    accepted(&event(2_000))?;

    let error = refused(&event(2_000), &event(2_500))?;

    assert_eq!((error.field(), error.cause()), ("at", &RoundTripCause::IndexChanged("by_time")));
    assert!(error.to_string().contains("`by_time`"), "{error}");
    Ok(())
}

/// A key type whose derive is there, and whose `Deserialize` is written by hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, NetabaseSchemaKey)]
struct Email(String);

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.to_lowercase()))
    }
}

#[test]
fn a_deserialize_by_hand_is_noticed() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct User {
        #[netabase(key)]
        email: Email,
        others: Vec<Email>,
    }
    let user = |email: &str, other: &str| User {
        email: Email(email.into()),
        others: vec![Email(other.into())],
    };
    accepted(&user("ada@example.org", "a@example.org"))?;

    let error = refused(&user("a", "b"), &user("Ada@example.org", "b"))?;
    assert_eq!(error.field(), "email", "{error}");
    let error = refused(&user("a", "b"), &user("a", "B"))?;
    assert!(error.field().starts_with("others"), "{error}");
    Ok(())
}

#[test]
fn a_deserialize_of_the_schema_by_hand_is_noticed() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, NetabaseSchema)]
    #[netabase(owned)]
    struct Tag {
        #[netabase(key)]
        id: u8,
        text: String,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, NetabaseSchema)]
    struct Undeclared {
        #[netabase(key)]
        id: u8,
        text: String,
    }
    impl<'de> Deserialize<'de> for Tag {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let (id, text) = <(u8, String)>::deserialize(deserializer)?;
            Ok(Self { id, text: text.trim().to_owned() })
        }
    }
    impl<'de> Deserialize<'de> for Undeclared {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let (id, text) = <(u8, String)>::deserialize(deserializer)?;
            Ok(Self { id, text: text.trim().to_owned() })
        }
    }

    let tag = |text: &str| Tag { id: 1, text: text.into() };
    refused(&tag("a"), &tag(" a"))?;
    let undeclared = |text: &str| Undeclared { id: 1, text: text.into() };
    refused(&undeclared("a"), &undeclared(" a"))?;
    Ok(())
}

/// Key types whose `Serialize` alone is written by hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, NetabaseSchemaKey)]
enum Color {
    Red,
    Green,
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if *self == Self::Red { "red" } else { "green" })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, NetabaseSchemaKey)]
struct Degrees {
    value: i32,
    unit: u8,
}

impl Serialize for Degrees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.unit, self.value).serialize(serializer)
    }
}

#[test]
fn a_serialize_by_hand_is_noticed() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Paint {
        #[netabase(key)]
        id: u8,
        color: Vec<Color>,
        degrees: Option<Degrees>,
    }
    /// As a whole.
    #[derive(Clone, Debug, PartialEq, Deserialize, NetabaseSchema)]
    struct Swapped {
        #[netabase(key)]
        id: u8,
        name: String,
        count: u8,
    }
    impl Serialize for Swapped {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            (&self.name, self.id, self.count).serialize(serializer)
        }
    }
    let users = NetabaseStore::new();
    let paints = users.database::<Paint>().unwrap_or_else(|error| panic!("{error}"));
    let swapped = users.database::<Swapped>().unwrap_or_else(|error| panic!("{error}"));
    let is_about = |refused: Result<Option<_>, WriteError>, field: &str| {
        let Err(WriteError::Record(RecordError::RoundTrip(error))) = refused else {
            panic!("accepted");
        };
        assert!(error.field().starts_with(field), "{error}");
    };

    let paint = |color: &[Color], degrees| Paint { id: 1, color: color.into(), degrees };
    is_about(paints.put(&paint(&[Color::Green], None)).map(|_| None::<()>), "color");
    is_about(
        paints.put(&paint(&[], Some(Degrees { value: 20, unit: 1 }))).map(|_| None::<()>),
        "degrees",
    );
    let refused = swapped.put(&Swapped { id: 1, name: "abc".into(), count: 2 });
    is_about(refused.map(|_| None::<()>), "");
}

#[test]
fn a_value_that_is_not_valid_once_it_is_read_back_is_refused() -> Result<(), DatabaseError> {
    fn has_cache(page: &Page) -> Result<(), &'static str> {
        if page.cache.is_empty() { Err("no cache") } else { Ok(()) }
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(validate = has_cache)]
    struct Page {
        #[netabase(key)]
        id: u8,
        #[serde(skip)]
        cache: String,
    }
    let pages = NetabaseStore::new().database::<Page>()?;

    let refused = pages.put(&Page { id: 1, cache: "full".into() });

    let Err(WriteError::Record(RecordError::RoundTrip(error))) = refused else {
        panic!("accepted: {refused:?}");
    };
    assert!(matches!(error.cause(), RoundTripCause::Invalid(_)), "{error}");
    assert!(pages.is_empty());
    Ok(())
}
