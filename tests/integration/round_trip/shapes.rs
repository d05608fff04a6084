//! Field types that serde writes in a way it cannot read from bytes without names.

use std::{collections::HashMap, fmt};

use netabase::{DatabaseError, NetabaseSchema, RoundTripCause, WriteError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Number, Value, json};

use super::{accepted, is_about, refused};

fn is_unreadable(cause: &RoundTripCause) -> bool {
    matches!(cause, RoundTripCause::Unreadable(_))
}

fn is_changed(cause: &RoundTripCause) -> bool {
    matches!(cause, RoundTripCause::Changed)
}

macro_rules! schema_of {
    ($schema:ident { $($field:ident: $ty:ty),* $(,)? }) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
        struct $schema {
            #[netabase(key)]
            id: u8,
            $($field: $ty,)*
            last: String,
        }
    };
}

#[test]
fn json_values_and_numbers() -> Result<(), DatabaseError> {
    schema_of!(Item { details: Option<Value>, size: Option<Number> });
    let item = |details, size| Item { id: 1, details, size, last: "end".into() };
    let fine = item(None, None);
    accepted(&fine)?;

    for details in
        [json!(null), json!(true), json!(7), json!("text"), json!([1]), json!({ "a": 1 })]
    {
        let error = refused(&fine, &item(Some(details), None))?;
        is_about(&error, "details", "Option<serde_json::value::Value>", is_unreadable);
    }
    let error = refused(&fine, &item(None, Some(Number::from(7))))?;
    is_about(&error, "size", "Option<serde_json::number::Number>", is_unreadable);
    Ok(())
}

#[test]
fn json_values_in_a_map() -> Result<(), DatabaseError> {
    schema_of!(Item { details: HashMap<String, Value> });
    let item = |details: &[(&str, Value)]| Item {
        id: 1,
        details: details.iter().map(|(key, value)| ((*key).into(), value.clone())).collect(),
        last: String::new(),
    };
    accepted(&item(&[]))?;

    let error = refused(&item(&[]), &item(&[("colour", json!("red"))]))?;

    is_about(
        &error,
        "details{}",
        "HashMap<alloc::string::String, serde_json::value::Value>",
        is_unreadable,
    );
    Ok(())
}

#[test]
fn enums_with_tags_or_without_any() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        Circle { radius: u32 },
        Unit,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind", content = "of")]
    enum Adjacent {
        Circle(u32),
        Unit,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Number(u32),
        Text(String),
    }
    schema_of!(Drawing { tagged: Vec<Tagged>, adjacent: Vec<Adjacent>, untagged: Vec<Untagged> });
    let empty =
        Drawing { id: 1, tagged: vec![], adjacent: vec![], untagged: vec![], last: String::new() };
    accepted(&empty)?;

    for tagged in [Tagged::Circle { radius: 3 }, Tagged::Unit] {
        let error = refused(&empty, &Drawing { tagged: vec![tagged], ..empty.clone() })?;
        is_about(&error, "tagged", "Tagged>", is_unreadable);
    }
    for adjacent in [Adjacent::Circle(3), Adjacent::Unit] {
        let error = refused(&empty, &Drawing { adjacent: vec![adjacent], ..empty.clone() })?;
        assert!(error.field().starts_with("adjacent"), "{error}");
    }
    for untagged in [Untagged::Number(7), Untagged::Text("x".into())] {
        let error = refused(&empty, &Drawing { untagged: vec![untagged], ..empty.clone() })?;
        is_about(&error, "untagged", "Untagged>", is_unreadable);
    }
    Ok(())
}

#[test]
fn a_type_that_writes_text_and_reads_anything() -> Result<(), DatabaseError> {
    /// As `rust_decimal::Decimal` does by default.
    #[derive(Clone, Debug, PartialEq)]
    struct Decimal(String);
    impl Serialize for Decimal {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&self.0)
        }
    }
    impl<'de> Deserialize<'de> for Decimal {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl de::Visitor<'_> for Visitor {
                type Value = Decimal;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a decimal")
                }

                fn visit_str<E>(self, text: &str) -> Result<Decimal, E> {
                    Ok(Decimal(text.to_owned()))
                }
            }
            deserializer.deserialize_any(Visitor)
        }
    }
    schema_of!(Account { balances: (u8, Option<Decimal>) });
    let account = |balance: Option<&str>| Account {
        id: 1,
        balances: (7, balance.map(|text| Decimal(text.into()))),
        last: String::new(),
    };
    accepted(&account(None))?;

    let error = refused(&account(None), &account(Some("1.25")))?;

    is_about(&error, "balances", "Decimal>)", is_unreadable);
    Ok(())
}

#[test]
fn a_struct_that_writes_fewer_fields_than_it_reads() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        #[serde(skip_serializing, default)]
        password: u8,
        more: Vec<u8>,
    }
    schema_of!(Login { inner: Inner });
    let login = |password, more: &[u8]| Login {
        id: 1,
        inner: Inner { password, more: more.into() },
        last: "x".into(),
    };
    // Its bytes are those of another value, which would be read without an error.
    let logins = netabase::NetabaseStore::new().database::<Login>()?;
    let error = logins.put(&login(9, &[3, 1, 2, 3]));

    let Err(WriteError::Record(netabase::RecordError::RoundTrip(error))) = error else {
        panic!("accepted: {error:?}");
    };
    is_about(&error, "inner.more", "Inner", is_changed);
    assert!(logins.put(&login(0, &[])).is_err(), "nothing of it can be read");
    Ok(())
}

#[test]
fn a_struct_that_reads_fewer_fields_than_it_writes() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        #[serde(skip_deserializing)]
        cached: u8,
        text: String,
    }
    schema_of!(Page { inner: Option<Inner> });
    let page = |inner| Page { id: 1, inner, last: "x".into() };
    accepted(&page(None))?;

    let error = refused(&page(None), &page(Some(Inner { cached: 2, text: "abcd".into() })))?;

    assert!(error.field().starts_with("inner"), "the field behind it is not at fault: {error}");
    Ok(())
}

#[test]
fn an_enum_that_skips_an_earlier_variant() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum Step {
        Start,
        #[serde(skip)]
        Internal,
        Walk(u8),
        Run(u8),
    }
    schema_of!(Route { step: Step });
    let route = |step| Route { id: 1, step, last: String::new() };
    accepted(&route(Step::Start))?;

    for step in [Step::Walk(1), Step::Run(2), Step::Internal] {
        let error = refused(&route(Step::Start), &route(step))?;
        assert_eq!(error.field(), "step", "{error}");
    }
    Ok(())
}

#[test]
fn one_half_of_a_serialize_with() -> Result<(), DatabaseError> {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn doubled<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(number * 2)
    }
    fn reversed<S: Serializer>(numbers: &[u32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(numbers.iter().rev())
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        #[serde(serialize_with = "doubled")]
        number: u32,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Outer {
        #[netabase(key)]
        id: u8,
        inner: Inner,
        #[serde(serialize_with = "doubled")]
        own: u32,
        #[serde(serialize_with = "reversed")]
        list: Vec<u32>,
    }
    let outer = |number, own, list: &[u32]| Outer {
        id: 1,
        inner: Inner { number },
        own,
        list: list.into(),
    };
    let fine = outer(0, 0, &[1, 1]);
    accepted(&fine)?;

    let error = refused(&fine, &outer(1, 0, &[]))?;
    is_about(&error, "inner.number", "Inner", is_changed);
    let error = refused(&fine, &outer(0, 300, &[]))?;
    is_about(&error, "own", "u32", is_changed);
    let error = refused(&fine, &outer(0, 0, &[1, 2]))?;
    assert!(error.field().starts_with("list"), "{error}");
    Ok(())
}

#[test]
fn an_alias_fools_nobody() {
    mod shadowed {
        pub(super) type String = serde_json::Value;
    }
    use shadowed::String as Text;
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Item {
        #[netabase(key)]
        id: u8,
        #[netabase(owned)]
        text: Text,
        #[netabase(owned)]
        other: shadowed::String,
    }
    const { assert!(!<Item as NetabaseSchema>::IS_PLAIN) };
    let item = Item { id: 1, text: json!("a"), other: json!(null) };

    let refused = netabase::check_round_trip(&item).map_err(|error| error.field().to_owned());

    assert_eq!(refused, Err("text".to_owned()));
}

#[test]
fn what_cannot_be_written_names_its_field_too() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        nick: Option<u8>,
    }
    schema_of!(Profile { names: Vec<Inner> });
    let profile = |nick| Profile { id: 1, names: vec![Inner { nick }], last: String::new() };

    let error = refused(&profile(Some(1)), &profile(None))?;

    assert_eq!(error.field(), "names", "{error}");
    assert!(error.to_string().contains("field `nick` was skipped"), "{error}");
    Ok(())
}
