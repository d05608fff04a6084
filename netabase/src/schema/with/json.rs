//! Keeps a value as JSON text: for types that ask the bytes what they are, which payloads do not say.
//!
//! `serde_json::Value` and `Number`, enums with `untagged` or `tag`, structs with `flatten`, and
//! `rust_decimal::Decimal` as it comes are such types. The text has no spaces, and the members of its objects
//! ascend by their names: equal values have one text, and no other is read.
//!
//! # Examples
//!
//! ```
//! use netabase::{NetabaseSchema, NetabaseStore};
//! use serde::{Deserialize, Serialize};
//! use serde_json::{Value, json};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
//! struct Listing {
//!     #[netabase(key)]
//!     id: u64,
//!     #[serde(with = "netabase::with::json")]
//!     details: Value,
//! }
//!
//! let listings = NetabaseStore::new().database::<Listing>()?;
//! let bike = Listing { id: 7, details: json!({ "kind": "bike", "gears": 21 }) };
//! listings.put(&bike)?;
//! assert_eq!(listings.get(&7)?, Some(bike));
//! # Ok::<(), netabase::DatabaseError>(())
//! ```

mod lossless;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, de::DeserializeOwned, ser};
use serde_json::Value;

/// The most levels that `serde_json` reads.
const MAX_DEPTH: usize = 127;

/// Writes a value as a string of JSON.
///
/// # Errors
///
/// The serializer's own, and one if JSON does not keep all of the value: a map whose keys are no text, a number that is
/// not finite, `Some` of something that is `null` (`Some(Value::Null)`, `Some(())`, `Some(None)`), two members of one
/// name (as `flatten` can write them), or more than 127 levels.
pub fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(value).map_err(ser::Error::custom)?)
}

/// Reads a value from a string of JSON.
///
/// # Errors
///
/// The deserializer's own, and one if the text is not the one [`serialize`] writes for a `T`.
pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Serialize + DeserializeOwned,
    D: Deserializer<'de>,
{
    let given = String::deserialize(deserializer)?;
    let value: T = serde_json::from_str(&given).map_err(de::Error::custom)?;
    if text(&value).map_err(de::Error::custom)? != given {
        return Err(de::Error::custom(
            "JSON text that is not in its one form: spaces, unsorted names or long numbers",
        ));
    }
    Ok(value)
}

fn text<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    lossless::check(value)?;
    Ok(sorted(serde_json::to_value(value)?).to_string())
}

/// Sorts the members of all objects. (`serde_json` does so itself, unless another crate makes it keep their order.)
///
/// It goes no deeper than [`lossless::check`] let pass.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(elements) => Value::Array(elements.into_iter().map(sorted).collect()),
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().collect();
            Value::Object(members.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        other => other,
    }
}
