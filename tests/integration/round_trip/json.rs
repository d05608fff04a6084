//! Fields kept as JSON text: `netabase::with::json`.

use std::collections::HashMap;

use netabase::{DatabaseError, NetabaseSchema, RoundTripCause};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use super::{accepted, refused};

#[test]
fn json_text_is_read_back() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Shape {
        Circle { radius: f64 },
        Text { text: String },
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Item {
        #[netabase(key)]
        id: u8,
        #[serde(with = "netabase::with::json")]
        details: Value,
        #[serde(with = "netabase::with::json")]
        map: HashMap<String, Value>,
        #[serde(with = "netabase::with::json")]
        shape: Shape,
        #[serde(with = "netabase::with::json")]
        number: Option<Number>,
    }
    let item = Item {
        id: 1,
        details: json!({ "b": [1, 2.5, null], "a": { "deep": "é\n\"" }, "large": u64::MAX }),
        map: HashMap::from([
            ("x".into(), json!([])),
            ("a".into(), json!(1e300)),
            ("m".into(), json!(-0.1)),
        ]),
        shape: Shape::Circle { radius: 0.1 + 0.2 },
        number: None,
    };
    accepted(&item)?;
    accepted(&Item {
        shape: Shape::Text { text: "t".into() },
        number: Some(7.into()),
        ..item.clone()
    })?;

    let too_deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    let error = refused(&item, &Item { details: too_deep, ..item.clone() })?;
    assert!(error.to_string().contains("nested more than 127 levels"), "{error}");
    Ok(())
}

#[test]
fn what_json_would_lose_is_refused() -> Result<(), DatabaseError> {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Nothing,
        Number(f64),
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Item {
        #[netabase(key)]
        id: u8,
        #[serde(with = "netabase::with::json")]
        numbers: Vec<Option<f64>>,
        #[serde(with = "netabase::with::json")]
        untagged: Untagged,
        #[serde(with = "netabase::with::json")]
        value: Option<Value>,
        #[serde(with = "netabase::with::json")]
        nested: HashMap<String, Option<()>>,
    }
    let fine = Item {
        id: 1,
        numbers: vec![None, Some(1.5)],
        untagged: Untagged::Nothing,
        value: Some(json!({ "inside": null })),
        nested: HashMap::from([("a".into(), None), ("b".into(), None)]),
    };
    accepted(&fine)?;

    let lossy = [
        ("numbers", Item { numbers: vec![Some(f64::INFINITY)], ..fine.clone() }),
        ("untagged", Item { untagged: Untagged::Number(f64::INFINITY), ..fine.clone() }),
        ("value", Item { value: Some(Value::Null), ..fine.clone() }),
        ("nested", Item { nested: HashMap::from([("a".into(), Some(()))]), ..fine.clone() }),
    ];
    for (field, item) in lossy {
        let error = refused(&fine, &item)?;
        assert_eq!(error.field(), field, "{error}");
        assert!(matches!(error.cause(), RoundTripCause::Unwritable(_)), "{error}");
    }
    let not_a_number = Item { numbers: vec![Some(f64::NAN)], ..fine };
    assert!(netabase::check_round_trip(&not_a_number).is_err());
    Ok(())
}

#[test]
fn two_members_of_one_name_are_refused() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Open {
        a: u8,
        #[serde(flatten)]
        rest: HashMap<String, Value>,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Item {
        #[netabase(key)]
        id: u8,
        #[serde(with = "netabase::with::json")]
        open: Open,
    }
    let item = |name: &str| Item {
        id: 1,
        open: Open { a: 1, rest: HashMap::from([(name.to_owned(), json!(2))]) },
    };
    assert_eq!(netabase::check_round_trip(&item("b")), Ok(()));

    let refused = netabase::check_round_trip(&item("a"));

    assert!(refused.is_err_and(|error| error.to_string().contains("two members of one name")));
}

#[test]
fn options_and_newtypes_are_no_levels() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Node {
        next: Option<Box<Node>>,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct List {
        #[netabase(key)]
        id: u8,
        #[serde(with = "netabase::with::json")]
        first: Option<Node>,
    }
    let list = |len: usize| {
        let nodes =
            (0..len).fold(None, |next: Option<Node>, _| Some(Node { next: next.map(Box::new) }));
        List { id: 1, first: nodes }
    };
    assert_eq!(netabase::check_round_trip(&list(120)), Ok(()));
    assert!(netabase::check_round_trip(&list(130)).is_err());
}

#[test]
fn json_has_one_text() -> Result<(), netabase::RecordError> {
    #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    struct Item {
        #[netabase(key)]
        id: u8,
        #[serde(with = "netabase::with::json")]
        map: HashMap<String, Value>,
    }
    let item = |map: HashMap<String, Value>| Item { id: 1, map };
    let bytes = netabase::value_to_bytes(&item(
        ["d", "b", "a", "c"].map(|key| (key.to_owned(), json!({ "z": 1, "y": 2 }))).into(),
    ))?;
    let text = r#"{"a":{"y":2,"z":1},"b":{"y":2,"z":1},"c":{"y":2,"z":1},"d":{"y":2,"z":1}}"#;
    assert_eq!(bytes[2..], *text.as_bytes());

    for other in
        [r#"{"a": 1}"#, r#"{"b":1,"a":2}"#, r#"{"a":1,"a":1}"#, r#"{"a":1.00}"#, r#"{"\u0061":1}"#]
    {
        let length = u8::try_from(other.len()).unwrap_or(u8::MAX);
        let bytes = [&[1, length], other.as_bytes()].concat();

        let read = netabase::value_from_bytes::<Item>(&bytes);

        assert!(matches!(read, Err(netabase::RecordError::Decode(_))), "{other}: {read:?}");
    }
    Ok(())
}
