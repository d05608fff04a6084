//! What `put` accepts, `get` returns: a value that would not be read back is refused, and says which field.

mod json;

mod keys;

mod known;

mod sets;

mod shapes;

mod ways;

use netabase::{
    DatabaseError, NetabaseSchema, NetabaseStore, RecordError, RoundTripCause, RoundTripError,
    WriteError, check_round_trip,
};

/// The error of a value that every write refuses, over a stored one that stays.
fn refused<V>(stored: &V, value: &V) -> Result<RoundTripError, DatabaseError>
where
    V: NetabaseSchema + PartialEq + std::fmt::Debug,
{
    let values = NetabaseStore::new().database::<V>()?;
    values.put(stored)?;

    let error = match values.put(value) {
        Err(WriteError::Record(RecordError::RoundTrip(error))) => error,
        other => panic!("accepted: {value:?}: {other:?}"),
    };

    assert_eq!(check_round_trip(value), Err(error.clone()));
    let all = values.iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(all.iter().collect::<Vec<_>>(), [stored], "the stored value is still there");
    Ok(error)
}

/// Puts a value and reads the same one.
fn accepted<V>(value: &V) -> Result<(), DatabaseError>
where
    V: NetabaseSchema + PartialEq + std::fmt::Debug,
{
    let values = NetabaseStore::new().database::<V>()?;
    values.put(value)?;
    let all = values.iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(all.iter().collect::<Vec<_>>(), [value]);
    Ok(())
}

/// Asserts the field, the end of its type's name, and that the cause is of a kind.
#[track_caller]
fn is_about(
    error: &RoundTripError,
    field: &str,
    type_name: &str,
    cause: fn(&RoundTripCause) -> bool,
) {
    assert_eq!(error.field(), field, "{error}");
    let found = error.field_type().unwrap_or_default();
    assert!(found.ends_with(type_name), "{found} is not {type_name}: {error}");
    assert!(cause(error.cause()), "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("`{field}`")) && text.contains("`#[serde(with"), "{text}");
}
